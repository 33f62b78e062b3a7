// Pages work without this file: it adds progress, keyboard, countdown and recovery.
// The class lets CSS hide what only works with scripts (.js-only) or without (.no-js-only).
document.documentElement.classList.add("js");

import "./slots.js";
import "./later.js";
import "./countdown.js";
import "./requests.js";
import "./forms.js";
import "./dialogs.js";
import "./photo.js";
import "./suggest.js";
import "./live.js";
