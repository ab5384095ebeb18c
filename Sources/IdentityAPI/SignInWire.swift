import Ethereum
import Primitives
import Storage
import Web

struct NonceView: View {
    static let shape = Shape.object("Nonce", ["nonce": .text(pattern: "^[0-9a-f]{32}$").note("It counts once.")])

    let nonce: String
}

/// What a wallet made of a nonce.
struct SignInProof: Decodable, Sendable {
    static let shape = Shape.object(
        "SignInProof",
        [
            "message": .text.note("The EIP-4361 message, with the nonce in it."),
            "signature": .text(pattern: "^0x[0-9a-fA-F]{130}$").note(
                "What personal_sign made of it: 65 bytes in hexadecimal, with 0x before them."),
            "device": .text.orNull.optional.note("What a device is called. It gets tokens; a page gets cookies."),
        ])

    let message: String
    let signature: String
    /// What a device wants to be called; it gets its tokens in the body. A page leaves it out, and gets cookies.
    let device: String?
}

struct RefreshRequest: Decodable, Sendable {
    static let shape = Shape.object("RefreshRequest", ["refresh_token": .text])

    let refresh_token: String
}

struct SignInView: View {
    static let shape = Shape.object(
        "SignIn",
        [
            "address": .address, "user_id": .id,
            "access_token": .text.optional.note("For devices."), "refresh_token": .text.optional.note("For devices."),
            "expires_in": .seconds.note("How long the access token counts, in seconds."),
        ])

    let address: String
    let user_id: String
    let access_token: String?
    let refresh_token: String?
    /// How long the access token counts, in seconds.
    let expires_in: Int

    init(_ grant: Grant) throws {
        let showsTokens = grant.session.kind != .web
        address = try Address(bytes: grant.session.address).description
        user_id = grant.session.person.description
        access_token = showsTokens ? grant.access.text : nil
        refresh_token = showsTokens ? grant.refresh.text : nil
        expires_in = grant.accessSeconds
    }
}

struct TokensView: View {
    static let shape = Shape.object(
        "Tokens",
        ["tokens": .object(["access_token": .text, "refresh_token": .text, "expires_in": .seconds])])

    struct Tokens: Encodable, Sendable {
        let access_token: String
        let refresh_token: String
        let expires_in: Int
    }

    let tokens: Tokens

    init(_ grant: Grant) {
        tokens = Tokens(
            access_token: grant.access.text, refresh_token: grant.refresh.text, expires_in: grant.accessSeconds)
    }
}

struct RefreshedView: View {
    static let shape = Shape.object("Refreshed", ["expires_in": .seconds])

    let expires_in: Int
}

struct MeView: View {
    static let shape = Shape.object("Me", ["user_id": .id, "address": .address])

    let user_id: String
    let address: String

    init(_ session: Session) throws {
        user_id = session.person.description
        address = try Address(bytes: session.address).description
    }
}

extension Shape {
    /// An Ethereum address, with the capitals of its checksum.
    static let address = Shape.text(pattern: "^0x[0-9a-fA-F]{40}$")
    static let seconds = Shape.count
}
