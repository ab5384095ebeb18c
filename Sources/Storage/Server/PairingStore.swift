import Crypto
import Foundation
import GRDB
import Primitives

/// Six digits that stand for a person's consent to pair, for a few minutes.
package struct PairingCode: Hashable, Sendable {
    package static let digitCount = 6
    private static let count: UInt32 = 1_000_000

    package let digits: String

    /// Nil for anything but six ASCII digits.
    package init?(_ text: String) {
        guard text.utf8.count == Self.digitCount, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        digits = text
    }

    /// All codes are equally likely.
    package init(in world: World) {
        // What lies beyond the last whole million would make low codes more likely.
        let bound = UInt32.max - UInt32.max % Self.count
        var number = UInt32.max
        while number >= bound { number = world.random(4).reduce(0) { $0 << 8 | UInt32($1) } }
        let text = String(number % Self.count)
        digits = String(repeating: "0", count: Self.digitCount - text.count) + text
    }

    /// What is stored: without the key, trying all million codes tells nothing.
    func hash(_ key: PairingKey) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(digits.utf8), using: key.symmetric))
    }
}

/// The key under which codes are stored: it follows from the server key, so the database alone betrays no code.
package struct PairingKey: Sendable {
    let symmetric: SymmetricKey

    /// A live code does not outlive a change of the server key.
    package init(_ ring: KeyRing) {
        symmetric = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: ring.current.key, info: Data("daybook pairing code".utf8), outputByteCount: 32)
    }
}

/// Someone who has shown a code, and what came of it.
package struct PairingClaim: Hashable, Sendable {
    package let id: ID<PairingClaim>
    package let holder: Session.Holder
}

/// What a person's code stands at.
package enum PairingStatus: Sendable {
    case none
    /// Nobody has shown it.
    case waiting(expires: Timestamp)
    /// Someone in another network has, and waits for the person.
    case pending(PairingClaim, expires: Timestamp)
    /// Somebody is in; nil when the session has ended again.
    case paired(Session?)
}

/// Codes that pair extensions and devices.
///
/// A code is short, so it counts little by itself: it is good once, for minutes, from the network it was made in.
/// A claim from elsewhere waits until the person has confirmed it.
package struct PairingStore {
    package enum Claimed: Sendable {
        case granted(Grant)
        /// The person has to confirm it; `isNew` on the first time of asking.
        case pending(person: ID<Person>, isNew: Bool)
        /// Unknown, expired, spent, or somebody else's already.
        case refused
    }

    private let db: Database
    private let sessions: SessionStore

    /// Codes that are tried before it is said that none is left: by chance alone so many are never taken.
    private static let attemptsMax = 64

    init(_ db: Database, _ sessions: SessionStore) {
        self.db = db
        self.sessions = sessions
    }

    /// Makes a person's code; the one before stops to count.
    ///
    /// - Parameter kind: what it gives, whatever the claimant calls itself.
    /// - Throws: `pairing.none_left`.
    package func make(
        _ kind: Session.Kind, for session: Session, from network: String?, seconds: Int, key: PairingKey,
        in world: World
    ) throws -> PairingCode {
        try withdraw(of: session.person)
        try deleteExpired(at: world.now())
        for _ in 0..<Self.attemptsMax {
            let code = PairingCode(in: world)
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO pairing (person, code, session, network, expires_ms, grants)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Data(session.person.bytes), code.hash(key), Data(session.id.bytes), network,
                    world.now().adding(milliseconds: Int64(seconds) * 1000).milliseconds, kind.rawValue,
                ])
            // Another person's live code may be the same.
            if db.changesCount == 1 { return code }
        }
        throw Failure.pairingNoneLeft
    }

    package func withdraw(of person: ID<Person>) throws {
        try db.execute(sql: "DELETE FROM pairing WHERE person = ?", arguments: [Data(person.bytes)])
    }

    package func status(of person: ID<Person>, at now: Timestamp) throws -> PairingStatus {
        guard let row = try row("person", Data(person.bytes), at: now) else { return .none }
        if let paired = (row["paired"] as Data?).flatMap({ ID<Session>(bytes: $0) }) {
            return .paired(try sessions.find(paired))
        }
        let expires = Timestamp(milliseconds: row["expires_ms"])
        guard let claim = Self.claim(row), row["confirmed"] == 0 else { return .waiting(expires: expires) }
        return .pending(claim, expires: expires)
    }

    /// Confirms a claim that waits.
    ///
    /// - Returns: false when there is no such claim.
    package func confirm(_ claim: ID<PairingClaim>, of person: ID<Person>, at now: Timestamp) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE pairing SET confirmed = 1
                WHERE person = ? AND claim = ? AND confirmed = 0 AND paired IS NULL AND expires_ms > ?
                """, arguments: [Data(person.bytes), Data(claim.bytes), now.milliseconds])
        return db.changesCount == 1
    }

    /// Whether any code that counts was made in a network.
    package func isExpected(from network: String?, at now: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM pairing WHERE network = ? AND expires_ms > ? AND paired IS NULL)",
            arguments: [network, now.milliseconds]) ?? false
    }

    /// Shows a code. It gives what whoever made it has chosen, and nothing to those who ask for something else.
    ///
    /// - Parameter isNearOnly: only a code of the claimant's own network counts.
    package func claim(
        _ code: PairingCode, by holder: Session.Holder, isNearOnly: Bool = false, lifetimes: SessionLifetimes,
        key: PairingKey, in world: World
    ) throws -> Claimed {
        let now = world.now()
        guard let row = try row("code", code.hash(key), at: now), (row["paired"] as Data?) == nil,
            row["grants"] == holder.kind.rawValue, let person = ID<Person>(bytes: row["person"] as Data)
        else { return .refused }
        let isNear = holder.network != nil && holder.network == row["network"]
        if !isNear {
            guard !isNearOnly else { return .refused }
            guard let waiting = Self.claim(row) else {
                try db.execute(
                    sql: """
                        UPDATE pairing SET claim = ?, claim_kind = ?, claim_name = ?, claim_network = ? WHERE person = ?
                        """,
                    arguments: [
                        Data(ID<PairingClaim>.new(in: world).bytes), holder.kind.rawValue, holder.name, holder.network,
                        Data(person.bytes),
                    ])
                return .pending(person: person, isNew: true)
            }
            guard waiting.holder == holder else { return .refused }
            guard row["confirmed"] == 1 else { return .pending(person: person, isNew: false) }
        }
        let grant = try sessions.begin(person, holder, lifetimes: lifetimes, in: world)
        try db.execute(
            sql: "UPDATE pairing SET paired = ? WHERE person = ?",
            arguments: [Data(grant.session.id.bytes), Data(person.bytes)])
        return .granted(grant)
    }

    package func deleteExpired(at now: Timestamp) throws {
        try db.execute(sql: "DELETE FROM pairing WHERE expires_ms <= ?", arguments: [now.milliseconds])
    }

    private func row(_ column: String, _ value: Data, at now: Timestamp) throws -> Row? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM pairing WHERE \(column) = ? AND expires_ms > ?",
            arguments: [value, now.milliseconds])
    }

    private static func claim(_ row: Row) -> PairingClaim? {
        guard let id = (row["claim"] as Data?).flatMap({ ID<PairingClaim>(bytes: $0) }),
            let kind = Session.Kind(rawValue: row["claim_kind"])
        else { return nil }
        return PairingClaim(
            id: id, holder: Session.Holder(kind, name: row["claim_name"], network: row["claim_network"]))
    }
}

extension Failure {
    package static let pairingNoneLeft = Failure(
        .unavailable, "pairing.none_left", "No code is free right now. Try again in a minute.", retryAfterSeconds: 60)
}
