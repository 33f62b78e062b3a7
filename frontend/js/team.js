// The day of all doctors: the agenda's desk, without FullCalendar.
import "./dashboard/desk.js";
import "./dashboard/note.js";
import "./dashboard/keys.js";
import "./dashboard/team.js";
