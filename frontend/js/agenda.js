// The agenda alone: FullCalendar is heavy, and no other page needs it.
import "./dashboard/desk.js";
import "./dashboard/note.js";
import "./dashboard/keys.js";
import "./dashboard/calendar.js";
