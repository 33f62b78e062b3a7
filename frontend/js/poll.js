// One question to the server again and again, while the page is looked at and the line is there.
//
// Never on the beat: a thousand pages opened by one bell would knock together for ever, and again
// after an outage. One question at a time. A server that does not answer is asked more and more
// seldom; from the second failure on, or without a line, `showLine(false)` says so to the reader.

const EVERY = 4_000;
const SOON = 300; // when the reader was busy
const LONGEST = 30_000; // between two tries while the server does not answer

// `ask` resolves to whether there was an answer. `isNeeded`: whether there is something to ask
// for; `isBusy`: whether the reader comes first just now.
export function keepAsking({ ask, showLine, isNeeded = () => true, isBusy = () => false }) {
  let timer = null;
  let asking = null;
  let failures = 0;

  const canAsk = () => !document.hidden && navigator.onLine && isNeeded();

  function delay() {
    if (isBusy()) return SOON;
    if (failures) return Math.min(LONGEST, EVERY * 2 ** failures) * (0.5 + Math.random() / 2);
    return EVERY * (0.85 + 0.15 * Math.random());
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
  }

  function wait(time = delay()) {
    stop();
    if (canAsk()) timer = setTimeout(look, time);
  }

  async function question() {
    try {
      if (isBusy()) return;
      const answered = await ask();
      failures = answered ? 0 : failures + 1;
      showLine(failures < 2);
    } finally {
      asking = null;
      wait();
    }
  }

  function look() {
    stop();
    if (!asking && canAsk()) asking = question(); // whatever ends what stands in the way calls again
    return asking;
  }

  // Asks at once: when a question is under way, again after it.
  async function now() {
    await asking;
    await look();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : look()));
  window.addEventListener("online", () => {
    failures = 0;
    wait(Math.random() * 1000);
  });
  window.addEventListener("offline", () => {
    stop();
    showLine(false);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) look();
  });
  wait();
  return {
    now,
    // There may be something to ask for now.
    resume: () => {
      if (timer === null && !asking) wait();
    },
  };
}
