// A pairing code on the web app: shown once, watched until someone has shown it to the server, and confirmed when that
// someone is in another network.

import { call } from "./api.js";
import { countdown, element, say, sayProblem } from "./view.js";

const watchEvery = 2000;
const kinds = { extension: "An extension", device: "A device" };

/** `run` does what a button is for; `paired` is told which session came of a code, and gives its name. */
export function pairing({ run, paired }) {
  /** `ends` on this browser's clock; `claim` is the one that is shown. */
  const live = { isWatched: false, isLost: false, ends: 0, lifetime: 0, claim: null, kind: "extension", timer: null, ticker: null };

  /** `kind` is what gets in with the code; without it the same as the last time. */
  async function make(kind = live.kind) {
    live.kind = kind;
    const { code, expires_in } = await call("POST", `/auth/pair-extension?kind=${kind}`);
    // In two groups for the eye, and six digits for the clipboard.
    element("code").replaceChildren(
      ...[code.slice(0, 3), code.slice(3)].map((digits) => {
        const group = document.createElement("span");
        group.textContent = digits;
        return group;
      }));
    show(expires_in, true);
    watch();
  }

  function show(seconds, hasCode) {
    live.ends = Date.now() + seconds * 1000;
    live.lifetime = seconds;
    showClaim(null);
    element("pairing-none").hidden = true;
    element("pairing-live").hidden = false;
    element("code-line").hidden = !hasCode;
    element("code-hidden").hidden = hasCode;
    clearInterval(live.ticker);
    live.ticker = setInterval(tick, 500);
    tick();
  }

  function tick() {
    const left = (live.ends - Date.now()) / 1000;
    element("remaining").textContent = `It counts for another ${countdown(left)}.`;
    element("time").max = live.lifetime;
    element("time").value = Math.max(0, left);
    if (left <= 0) {
      stop();
      say("The code has run out. Get a new one when you need it.");
    }
  }

  function stop() {
    live.isWatched = false;
    clearTimeout(live.timer);
    clearInterval(live.ticker);
    showClaim(null);
    element("code").replaceChildren();
    element("pairing-live").hidden = true;
    element("pairing-none").hidden = false;
  }

  function watch() {
    live.isWatched = true;
    clearTimeout(live.timer);
    live.timer = setTimeout(() => run(null, look), watchEvery);
  }

  async function look() {
    if (!live.isWatched) return;
    try {
      const found = await call("GET", "/auth/pair-extension");
      // It could not be asked before, and can again.
      if (live.isLost) sayProblem(null);
      live.isLost = false;
      await take(found);
    } catch (error) {
      live.isLost = true;
      throw error;
    } finally {
      if (live.isWatched) watch();
    }
  }

  async function take({ status, expires_in, claim, session }) {
    if (!live.isWatched) return;
    if (status === "claimed") {
      stop();
      const name = await paired(session);
      say(`${claim?.name ?? name ?? "It"} is paired. If that was not you, revoke it below.`);
    } else if (status === "none") {
      stop();
      say("The code has run out. Get a new one when you need it.");
    } else {
      live.ends = Date.now() + expires_in * 1000;
      if (status === "pending" && claim) showClaim(claim);
    }
  }

  function showClaim(claim) {
    if (claim?.id === live.claim) return;
    live.claim = claim?.id ?? null;
    element("claim").hidden = !claim;
    element("claim-wait").hidden = true;
    element("confirm").hidden = false;
    if (!claim) return;
    const what = kinds[claim.kind] ?? "Something";
    const where = claim.network ? `in the network ${claim.network}` : "in a network that is not known";
    element("claim-text").textContent =
      `${what} that calls itself “${claim.name}”, ${where}, has shown your code. Yours would usually be in the same `
      + "network as this browser. Confirm only what you have typed the code into yourself, just now.";
    element("claim-title").focus();
  }

  function on(id, work) {
    const button = element(id);
    button.addEventListener("click", () => run(button, work));
  }

  on("pair", () => make("extension"));
  on("pair-device", () => make("device"));
  on("pair-again", () => make());
  on("unpair", async () => {
    await call("DELETE", "/auth/pair-extension");
    stop();
    element("pairing-title").focus();
  });
  on("not-me", async () => {
    await call("DELETE", "/auth/pair-extension");
    stop();
    say("It stays out, and the code counts no more.");
    element("pairing-title").focus();
  });
  on("confirm", async () => {
    await call("POST", "/auth/pair-extension/confirm", { claim: live.claim });
    element("confirm").hidden = true;
    element("claim-wait").hidden = false;
  });

  return {
    stop,

    /** A code that was made before the page was loaded. */
    async resume() {
      const found = await call("GET", "/auth/pair-extension");
      if (found.status !== "waiting" && found.status !== "pending") return;
      show(found.expires_in, false);
      watch();
      await take(found);
    },
  };
}
