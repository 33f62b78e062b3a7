// Swagger UI draws the API's description; its script is loaded before this one.

const place = document.getElementById("swagger-ui");
const isDark = matchMedia("(prefers-color-scheme: dark)");

function followTheme() {
  document.documentElement.classList.toggle("dark-mode", isDark.matches);
}

followTheme();
isDark.addEventListener("change", followTheme);

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  validatorUrl: null, // it belongs to another origin
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  requestInterceptor: (request) => {
    if (request.method !== "GET") request.headers["X-CSRFToken"] = place.dataset.token;
    return request;
  },
});
