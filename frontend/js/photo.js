// The picture that was chosen, where the present one stands ([data-photo]), before it is sent.
// A browser that cannot draw it leaves the present one; the server says what is wrong.

function show(place, address) {
  const picture = new Image();
  picture.alt = "";
  picture.className = "avatar avatar-xl";
  picture.src = address;
  picture.decode().then(
    () => place.querySelector(".avatar")?.replaceWith(picture),
    () => {},
  );
}

document.addEventListener("change", (event) => {
  const file = event.target.matches?.("input[type=file]") && event.target.files[0];
  const place = event.target.closest?.("[data-photo]");
  if (!file || !place) return;
  // To remove the old one and to send another cannot both be meant.
  const removes = place.querySelector("input[type=checkbox]");
  if (removes) removes.checked = false;
  const reader = new FileReader();
  // Not a blob: address, which the content security policy refuses.
  reader.addEventListener("load", () => show(place, reader.result));
  reader.readAsDataURL(file);
});
