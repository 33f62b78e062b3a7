// Every page of the cockpit, beside site.js.
import "./dashboard/nav.js";
import "./dashboard/live.js";
import "./dashboard/people.js";
import "./dashboard/choose.js";
import "./dashboard/configuration.js";
import "./dashboard/queue.js";
import "./dashboard/closing.js";
