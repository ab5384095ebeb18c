// Numbers as people read them. Money comes as exact text, and is only rounded where it is shown.

const money = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero",
});
const unsigned = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const plain = new Intl.NumberFormat(undefined, { maximumFractionDigits: 8 });
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(undefined, {
  notation: "compact", maximumFractionDigits: 1, signDisplay: "exceptZero",
});

/** What stands where nothing can be told. */
const nothing = "–";

export const shownMoney = (text) => (text === null ? nothing : money.format(text));
/** What is never a gain: fees, the depth of a drawdown. */
export const shownAmount = (text) => (text === null ? nothing : unsigned.format(text));
export const shownPrice = (text) => (text === null ? nothing : plain.format(text));
export const shownRatio = (number) => (number === null ? nothing : short.format(number));
export const shownPercent = (number) => (number === null ? nothing : `${short.format(number)} %`);
export const shownCompact = (text) => compact.format(text);
export const shownR = (number) => (number === null ? "" : `${number > 0 ? "+" : ""}${short.format(number)} R`);

/** For a class of the style sheet. */
export function sign(text) {
  const number = Number(text);
  return number > 0 ? "gain" : number < 0 ? "loss" : "even";
}

export function shownSeconds(seconds) {
  if (seconds === null) return nothing;
  const steps = [[60, 1, "s"], [3600, 60, "min"], [86_400, 3600, "h"], [Number.POSITIVE_INFINITY, 86_400, "d"]];
  const [, size, unit] = steps.find(([most]) => seconds < most);
  return `${short.format(Math.round((seconds / size) * 10) / 10)} ${unit}`;
}

// What a trade's money is in, where its symbol does not end in it: BTC of an inverse contract, USD of a share.
export function ownCurrency({ symbol, currency }) {
  return currency && !symbol.endsWith(`_${currency}`) ? currency : "";
}
