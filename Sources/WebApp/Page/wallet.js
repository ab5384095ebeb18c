// The wallets in this browser, and signing in with one (EIP-1193, EIP-6963, EIP-4361).

import { CallError, ask } from "./api.js";
import { checksummed } from "./keccak.js";

const declined = 4001;
const alreadyAsking = -32002;
/** How long a signed message may be used: the time from the wallet's signature to the server. */
const messageMinutes = 5;

const announced = new Map();

/** Tells of every wallet that shows up, now or later. */
export function watchWallets(changed) {
  addEventListener("eip6963:announceProvider", ({ detail }) => {
    if (typeof detail?.provider?.request !== "function" || typeof detail.info?.uuid !== "string") return;
    const { uuid, name, icon } = detail.info;
    announced.set(uuid, {
      name: String(name).slice(0, 40),
      icon: typeof icon === "string" && icon.startsWith("data:image/") ? icon : null,
      provider: detail.provider,
    });
    changed();
  });
  addEventListener("ethereum#initialized", changed);
  dispatchEvent(new Event("eip6963:requestProvider"));
}

/** The wallets that said their names; else the one that only put itself into the page. */
export function wallets() {
  if (announced.size > 0) return [...announced.values()];
  const provider = window.ethereum;
  return typeof provider?.request === "function" ? [{ name: null, icon: null, provider }] : [];
}

/** Signs in. Throws a `CallError`, or an `Error` that says what is wrong with the wallet. */
export async function signIn(provider) {
  const accounts = await request(provider, "eth_requestAccounts");
  const address = checksummed(Array.isArray(accounts) ? accounts[0] : null);
  if (!address) throw new Error("The wallet shared no account. Unlock it, and choose one.");
  const chain = Number(await request(provider, "eth_chainId"));
  if (!Number.isSafeInteger(chain) || chain < 1) throw new Error("The wallet did not say which network it is on.");
  // A browser's clock may be wrong; what the server says is what the message is held against.
  const { answer, now } = await ask("GET", "/auth/nonce");
  const message = signInMessage({ address, chain, nonce: answer.nonce, now });
  const signature = await request(provider, "personal_sign", [hex(message), address]);
  return (await ask("POST", "/auth/verify-siwe", { message, signature })).answer;
}

export function signInMessage({ address, chain, nonce, now }) {
  return [
    `${location.host} wants you to sign in with your Ethereum account:`,
    address,
    "",
    "Sign in to the web app. This costs nothing and moves nothing.",
    "",
    `URI: ${location.origin}`,
    "Version: 1",
    `Chain ID: ${chain}`,
    `Nonce: ${nonce}`,
    `Issued At: ${new Date(now).toISOString()}`,
    `Expiration Time: ${new Date(now + messageMinutes * 60_000).toISOString()}`,
  ].join("\n");
}

async function request(provider, method, params = []) {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    if (error instanceof CallError) throw error;
    if (error?.code === declined) throw new Error("You declined in the wallet. Nothing was signed.");
    if (error?.code === alreadyAsking) throw new Error("The wallet is waiting for you: open it, and answer there.");
    throw new Error(`The wallet failed: ${error?.message ?? "it did not say why"}`);
  }
}

/** As bytes, so that no wallet takes a text that looks like a number for one. */
function hex(text) {
  return "0x" + [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
