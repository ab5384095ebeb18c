"""PyPI's siwe verifying signed messages: parsed, compared with the site, the times and the nonce, and recovered.

siwe_verify.py --sign-ins FILE.tsv [--seconds S]. Once with its default reader, the grammar of EIP-4361, and once with
its regular expression. With coincurve installed, as here, its curve is libsecp256k1, too.
"""

import argparse
import time
from datetime import datetime, timezone

from siwe import SiweMessage
from support import emit

NOW = datetime(2026, 1, 2, 3, 5, 5, tzinfo=timezone.utc)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sign-ins", required=True)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    with open(options.sign_ins, encoding="ascii") as file:
        lines = [line.split("\t") for line in file.read().splitlines()[1:]]
    proofs = [(bytes.fromhex(message).decode(), "0x" + signature) for message, signature, _ in lines]

    for step, by_grammar in (("verify", True), ("verify_regexp", False)):
        measure(step, proofs, by_grammar, options.seconds)


def measure(step, proofs, by_grammar, seconds):
    def verify(proof):
        text, signature = proof
        message = SiweMessage.from_message(message=text, abnf=by_grammar)
        message.verify(signature, domain="daybook.example", nonce=message.nonce, timestamp=NOW)

    for proof in proofs[:20]:
        verify(proof)
    count, start, end = 0, time.process_time(), time.process_time()
    while end - start < seconds:
        verify(proofs[count % len(proofs)])
        count += 1
        end = time.process_time()
    emit(peer="siwe", step=step, verifications=count, verified_per_s=count / (end - start))


if __name__ == "__main__":
    main()
