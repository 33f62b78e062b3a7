// Every page of the cockpit, beside site.js.
import "./dashboard/nav.js";
