// What it takes to know a wallet by its signature, and to be one.
//
// A person signs in by signing an EIP-4361 message. Reading it goes in one direction: the exact bytes are parsed
// (`SignInMessage`), compared with what this server asks for (`SignInPolicy`), hashed as a wallet hashes them
// (`PersonalMessage`, `Keccak256`), and the signer is recovered (`Signature`, `Secp256k1`) and compared with the
// `Address` that the message names. The command line goes the other way with a `PrivateKey`, which rests in a
// `Keystore` between two runs. A key from another wallet comes in by its `Web3Keystore`.
//
// Everything here is a pure function of its arguments, except `KeystoreFile`, which is the one place that touches a
// disk. Whatever comes from outside is refused with a `Failure`; nothing that a stranger can send reaches
// libsecp256k1 unchecked, because that library answers a bad argument with `abort()`.
