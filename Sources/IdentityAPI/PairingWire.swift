import Primitives
import Storage
import Web

struct PairingCodeView: View {
    static let shape = Shape.object(
        "PairingCode", ["code": .text(pattern: "^[0-9]{6}$"), "expires_in": .seconds])

    let code: String
    let expires_in: Int
}

/// What a code gives, as whoever makes it says.
enum PairingQuery {
    static let kind = QueryField.parsed(
        "kind", .choice(of: PairingRequest.Kind.self), "What the code is for: only this gets in with it.",
        wanted: "extension or device"
    ) { PairingRequest.Kind(rawValue: $0) }.or(.extension, shown: .text("extension"))
}

struct PairingRequest: Decodable, Sendable {
    static let shape = Shape.object(
        "PairingRequest",
        [
            "code": .text.note("Six digits.", example: "482915"),
            "name": .text.orNull.optional.note("What the web app calls it."),
            "kind": .choice(of: Kind.self).orNull.optional.note(
                "What asks: an extension unless it says otherwise. It gets in only with a code that was made for it."),
        ])

    enum Kind: String, Decodable, CaseIterable, Sendable {
        case `extension`, device

        var session: Session.Kind { self == .device ? .device : .extension }
    }

    let code: String
    let name: String?
    let kind: Kind?
}

struct PairingConfirmation: Decodable, Sendable {
    static let shape = Shape.object("PairingConfirmation", ["claim": .id])

    let claim: String
}

struct PairingPendingView: Encodable, Sendable {
    static let shape = Shape.object(
        "PairingPending", ["status": .choice(["pending"]), "retry_after": .seconds.note("When to ask again.")])

    let status = "pending"
    let retry_after: Int

    private enum CodingKeys: CodingKey {
        case status, retry_after
    }
}

struct PairingStatusView: View {
    static let shape = Shape.object(
        "PairingStatus",
        [
            "status": .choice(["none", "waiting", "pending", "claimed"]), "expires_in": .seconds.optional,
            "claim": Shape.object(
                "PairingClaim",
                ["id": .id, "name": .text, "kind": .choice(of: Session.Kind.self), "network": .text.optional]
            ).optional.note("Who waits to be confirmed, or who is in, by the id of the session."),
        ])

    struct Claim: Encodable, Sendable {
        let id: String
        let name: String
        let kind: String
        let network: String?

        init(id: String, _ holder: Session.Holder) {
            self.id = id
            name = holder.name
            kind = holder.kind.rawValue
            network = holder.network
        }
    }

    let status: String
    let expires_in: Int?
    /// Who waits to be confirmed, or who is in, by the id of the session.
    let claim: Claim?

    init(_ pairing: PairingStatus, at now: Timestamp) {
        func seconds(_ expires: Timestamp) -> Int { Int(max(0, expires.milliseconds - now.milliseconds) / 1000) }
        switch pairing {
        case .none: (status, expires_in, claim) = ("none", nil, nil)
        case .waiting(let expires): (status, expires_in, claim) = ("waiting", seconds(expires), nil)
        case .pending(let pending, let expires):
            (status, expires_in) = ("pending", seconds(expires))
            claim = Claim(id: pending.id.description, pending.holder)
        case .paired(let session):
            (status, expires_in) = ("claimed", nil)
            claim = session.map { session in
                Claim(
                    id: session.id.description,
                    Session.Holder(session.kind, name: session.name, network: session.network))
            }
        }
    }
}
