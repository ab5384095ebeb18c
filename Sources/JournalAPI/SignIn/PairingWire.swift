import Primitives
import Storage
import Web

struct PairingCodeView: View {
    let code: String
    let expires_in: Int
}

struct PairingRequest: Decodable, Sendable {
    enum Kind: String, Decodable, Sendable {
        case `extension`, device
    }

    let code: String
    let name: String?
    let kind: Kind?
}

struct PairingConfirmation: Decodable, Sendable {
    let claim: String
}

struct PairingPendingView: Encodable, Sendable {
    let status = "pending"
    let retry_after: Int

    private enum CodingKeys: CodingKey {
        case status, retry_after
    }
}

struct PairingStatusView: View {
    struct Claim: Encodable, Sendable {
        let id: String
        let name: String
        let kind: String
        let network: String?
    }

    let status: String
    let expires_in: Int?
    /// Who waits to be confirmed.
    let claim: Claim?
    /// The session that came of it.
    let session: String?

    init(_ pairing: PairingStatus, at now: Timestamp) {
        func seconds(_ expires: Timestamp) -> Int { Int(max(0, expires.milliseconds - now.milliseconds) / 1000) }
        switch pairing {
        case .none: (status, expires_in, claim, session) = ("none", nil, nil, nil)
        case .waiting(let expires): (status, expires_in, claim, session) = ("waiting", seconds(expires), nil, nil)
        case .pending(let pending, let expires):
            (status, expires_in, session) = ("pending", seconds(expires), nil)
            claim = Claim(
                id: pending.id.description, name: pending.holder.name, kind: pending.holder.kind.rawValue,
                network: pending.holder.network)
        case .paired(let id): (status, expires_in, claim, session) = ("claimed", nil, nil, id.description)
        }
    }
}
