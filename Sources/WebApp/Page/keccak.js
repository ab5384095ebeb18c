// Keccak-256, and the capitals of an address.
//
// Wallets name accounts in lower case; EIP-4361 wants the EIP-55 checksum, whose capitals come from this hash. It is
// the padding that keeps a browser's own SHA-3 from being of use: 0x01 here, 0x06 there.

const laneBits = 64n;
const laneMask = (1n << laneBits) - 1n;
/** Bytes taken in between two permutations. */
const rate = 136;
const rounds = 24;

const laneOrder = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

/** The standard's own rule for them: a register of eight bits, stepped seven times in each round. */
const roundConstants = (() => {
  const constants = [];
  let register = 1;
  for (let round = 0; round < rounds; round += 1) {
    let constant = 0n;
    for (let bit = 0; bit < 7; bit += 1) {
      if (register & 1) constant |= 1n << BigInt((1 << bit) - 1);
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
    constants.push(constant);
  }
  return constants;
})();

function rotated(lane, count) {
  return ((lane << count) | (lane >> (laneBits - count))) & laneMask;
}

function permute(state) {
  for (const constant of roundConstants) {
    const columns = [0, 1, 2, 3, 4].map(
      (x) => state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]);
    for (let place = 0; place < 25; place += 1) {
      state[place] ^= columns[(place + 4) % 5] ^ rotated(columns[(place + 1) % 5], 1n);
    }
    let moving = state[1];
    let count = 0;
    laneOrder.forEach((place, step) => {
      count = (count + step + 1) % 64;
      [state[place], moving] = [rotated(moving, BigInt(count)), state[place]];
    });
    for (let y = 0; y < 25; y += 5) {
      const row = state.slice(y, y + 5);
      for (let x = 0; x < 5; x += 1) state[y + x] = row[x] ^ (~row[(x + 1) % 5] & laneMask & row[(x + 2) % 5]);
    }
    state[0] ^= constant;
  }
}

/** The hash of bytes, as 64 hexadecimal digits. */
export function keccak256(bytes) {
  const padded = new Uint8Array((Math.floor(bytes.length / rate) + 1) * rate);
  padded.set(bytes);
  padded[bytes.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  const state = new Array(25).fill(0n);
  for (let start = 0; start < padded.length; start += rate) {
    for (let index = 0; index < rate; index += 1) {
      state[index >> 3] ^= BigInt(padded[start + index]) << BigInt(8 * (index & 7));
    }
    permute(state);
  }
  let text = "";
  for (let index = 0; index < 32; index += 1) {
    const byte = Number((state[index >> 3] >> BigInt(8 * (index & 7))) & 0xffn);
    text += byte.toString(16).padStart(2, "0");
  }
  return text;
}

/** An address in any spelling, with the capitals of its checksum (EIP-55); null for what is none. */
export function checksummed(address) {
  if (typeof address !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(address)) return null;
  const digits = address.slice(2).toLowerCase();
  const hash = keccak256(new TextEncoder().encode(digits));
  return "0x" + [...digits].map((digit, index) => (hash[index] >= "8" ? digit.toUpperCase() : digit)).join("");
}
