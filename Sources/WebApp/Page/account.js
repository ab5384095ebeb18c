// The web app: signing in with a wallet, letting extensions and devices in, and throwing them out.
//
// Names that come from outside (of sessions, claims, wallets) go into the page as text, never as markup.

import { CallError, call } from "./api.js";
import { pairing } from "./pairing.js";
import { signIn, wallets, watchWallets } from "./wallet.js";
import { address, ago, day, element, exact, fromTemplate, question, say, sayProblem } from "./view.js";

const auditPage = 20;
const refreshEvery = 60_000;

const events = {
  signed_in: "Signed in",
  sign_in_refused: "Someone failed to sign in as you",
  signed_out: "Signed out",
  session_revoked: "A session was revoked",
  all_revoked: "Signed out everywhere",
  refresh_reused: "A stolen or repeated token was shown: its session was ended",
  pairing_code_made: "A pairing code was made",
  pairing_claim_waits: "Someone in another network showed your pairing code",
  pairing_claim_confirmed: "You confirmed a pairing",
  paired: "Something was paired",
  replica_named: "A device joined your journal",
};

/** Tabs tell one another when the person came or went. */
const tabs = new BroadcastChannel("daybook");

const state = { isSignedIn: null, sessions: [], oldest: null };
const pair = pairing({
  run,
  async paired(id) {
    await showLists();
    return state.sessions.find((session) => session.id === id)?.name;
  },
});

/** Does what a button is for, or what the page does by itself; shows the person what went wrong. */
async function run(button, work) {
  if (button) {
    button.disabled = true;
    sayProblem(null);
    say(null);
  }
  try {
    await work();
  } catch (error) {
    await explain(error);
  } finally {
    if (button) button.disabled = false;
  }
}

async function explain(error) {
  if (error instanceof CallError && error.isSignedOut && state.isSignedIn) {
    showSignedOut();
    sayProblem("Your session is over. Sign in again.");
    return;
  }
  sayProblem(error.message);
  if (!(error instanceof CallError)) console.info(error);
}

// Who is signed in

async function start() {
  sayProblem(null);
  element("loading").hidden = state.isSignedIn !== null;
  try {
    await showSignedIn(await call("GET", "/auth/me"));
  } catch (error) {
    element("loading").hidden = true;
    if (error instanceof CallError && error.isSignedOut) showSignedOut();
    // Nobody knows yet who is here.
    else sayProblem(error.message, start);
  }
}

async function showSignedIn(me) {
  state.isSignedIn = true;
  element("loading").hidden = true;
  element("sign-in").hidden = true;
  element("account").hidden = false;
  element("who").hidden = false;
  const shown = element("address");
  shown.textContent = address(me.address);
  shown.title = me.address;
  await Promise.all([showLists(), pair.resume()]);
}

function showSignedOut() {
  const wasSignedIn = state.isSignedIn;
  state.isSignedIn = false;
  state.sessions = [];
  pair.stop();
  element("loading").hidden = true;
  element("account").hidden = true;
  element("who").hidden = true;
  element("sign-in").hidden = false;
  element("address").textContent = "";
  element("sessions").replaceChildren();
  element("audit").replaceChildren();
  showWallets();
  if (wasSignedIn) element("sign-in-title").focus();
}

function showWallets() {
  const found = wallets();
  element("with-wallet").hidden = found.length === 0;
  element("no-wallet").hidden = found.length > 0;
  element("wallets").replaceChildren(
    ...found.map(({ name, icon, provider }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "main";
      if (icon) {
        const image = new Image(22, 22);
        image.src = icon;
        image.alt = "";
        button.append(image);
      }
      button.append(name ? `Sign in with ${name}` : "Sign in with your wallet");
      button.addEventListener("click", () => run(button, () => enter(provider)));
      return button;
    }));
}

async function enter(provider) {
  say("Your wallet asks you to sign. Open it if it does not show itself.");
  try {
    await signIn(provider);
    let me;
    try {
      me = await call("GET", "/auth/me");
    } catch (error) {
      if (!(error instanceof CallError) || !error.isSignedOut) throw error;
      throw new Error(
        "You signed in, but this browser did not keep the session: it takes secure cookies over https only. "
          + "Open the web app by its https address.");
    }
    await showSignedIn(me);
    tabs.postMessage("came");
    element("pairing-title").focus();
  } finally {
    say(null);
  }
}

async function leave(path, news) {
  await call("POST", path);
  tabs.postMessage("went");
  showSignedOut();
  say(news);
}

// Lists

async function showLists() {
  // The second names sessions by what the first has found.
  await showSessions();
  await showAudit();
}

async function showSessions() {
  const { sessions } = await call("GET", "/auth/sessions");
  state.sessions = sessions;
  element("sessions").replaceChildren(...sessions.map(sessionRow));
}

function sessionRow(session) {
  const row = fromTemplate("session-row");
  row.querySelector(".name").textContent = session.name;
  row.querySelector(".kind").textContent = { web: "browser" }[session.kind] ?? session.kind;
  row.querySelector(".own").hidden = !session.current;
  const facts = [`last seen ${ago(session.last_seen_at)}`];
  if (session.network) facts.push(`from ${session.network}`);
  facts.push(`since ${day(session.created_at)}`, `until ${day(session.expires_at)}`);
  row.querySelector(".facts").textContent = facts.join(" · ");
  const button = row.querySelector(".revoke");
  if (session.current) button.textContent = "Sign out";
  button.setAttribute("aria-label", `${button.textContent}: ${session.name}`);
  button.addEventListener("click", () =>
    run(button, async () => {
      if (session.current) return leave("/auth/logout", "You are signed out.");
      const sure = await question(
        `Revoke ${session.name}?`, "It is signed out at once, and has to be paired or to sign in again.", "Revoke");
      if (!sure) return;
      try {
        await call("DELETE", `/auth/sessions/${encodeURIComponent(session.id)}`);
      } catch (error) {
        // Somebody else was quicker, and it is gone all the same.
        if (error.status !== 404) throw error;
      }
      say(`${session.name} was revoked.`);
      await showLists();
      element("sessions-title").focus();
    }));
  return row;
}

async function showAudit(before = null) {
  const page = await call("GET", `/auth/audit?limit=${auditPage}` + (before === null ? "" : `&before=${before}`));
  const rows = page.events.map((event) => {
    const row = fromTemplate("audit-row");
    row.querySelector(".event").textContent = events[event.event] ?? event.event;
    const session = state.sessions.find(({ id }) => id === event.session);
    const where = [session?.name, event.network && `from ${event.network}`].filter(Boolean);
    row.querySelector(".where").textContent = where.join(", ");
    const time = row.querySelector("time");
    time.dateTime = event.at;
    time.textContent = exact(event.at);
    return row;
  });
  if (before === null) element("audit").replaceChildren(...rows);
  else element("audit").append(...rows);
  state.oldest = page.next ?? null;
  element("older").hidden = state.oldest === null;
}

// What the buttons do

function on(id, work) {
  const button = element(id);
  button.addEventListener("click", () => run(button, work));
}

on("sign-out", () => leave("/auth/logout", "You are signed out."));
on("everywhere", async () => {
  const sure = await question(
    "Sign out everywhere?", "Every browser, device and extension has to sign in or be paired again.",
    "Sign out everywhere");
  if (sure) await leave("/auth/revoke-all", "You are signed out everywhere.");
});
on("older", () => showAudit(state.oldest));
on("look-again", () => {
  watchWallets(showWallets);
  showWallets();
});

tabs.addEventListener("message", ({ data }) => {
  if (data === "came" && !state.isSignedIn) start();
  if (data === "went" && state.isSignedIn) {
    showSignedOut();
    say("You signed out in another tab.");
  }
});

/** What others did in the meantime; quietly, for nobody has asked. */
function catchUp() {
  const isInUse = element("ask").open || element("sessions").contains(document.activeElement);
  if (document.hidden || !state.isSignedIn || isInUse) return;
  showSessions().catch((error) => {
    if (error instanceof CallError && error.isSignedOut) explain(error);
  });
}
document.addEventListener("visibilitychange", catchUp);
setInterval(catchUp, refreshEvery);

element("site").textContent = location.host;
watchWallets(() => {
  if (state.isSignedIn === false) showWallets();
});
start();
