import Ethereum
import Primitives
import Storage
import Web

struct NonceView: View {
    let nonce: String
}

/// What a wallet made of a nonce.
struct SignInProof: Decodable, Sendable {
    let message: String
    let signature: String
    /// What a device wants to be called; it gets its tokens in the body. A page leaves it out, and gets cookies.
    let device: String?
}

struct RefreshRequest: Decodable, Sendable {
    let refresh_token: String
}

struct SignInView: View {
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
    let expires_in: Int
}

struct MeView: View {
    let user_id: String
    let address: String

    init(_ session: Session) throws {
        user_id = session.person.description
        address = try Address(bytes: session.address).description
    }
}
