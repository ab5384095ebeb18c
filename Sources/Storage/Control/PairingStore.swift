import Crypto
import Foundation
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

    private let db: any ControlConnection
    private let sessions: SessionStore

    /// Codes that are tried before it is said that none is left: by chance alone so many are never taken.
    private static let attemptsMax = 64

    init(_ db: any ControlConnection, _ sessions: SessionStore) {
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
        try db.lock(session.person)
        try withdraw(of: session.person)
        try deleteExpired()
        for _ in 0..<Self.attemptsMax {
            let code = PairingCode(in: world)
            let made = try db.execute(
                """
                INSERT INTO pairing (person, code, session, network, expires_ms, grants)
                VALUES (:person, :code, :session, :network, :expires, :grants) ON CONFLICT DO NOTHING
                """,
                [
                    "person": session.person, "code": code.hash(key), "session": session.id, "network": network,
                    "expires": try db.now.adding(milliseconds: Int64(seconds) * 1000), "grants": kind.rawValue,
                ])
            // Another person's live code may be the same.
            if made == 1 { return code }
        }
        throw Failure.pairingNoneLeft
    }

    package func withdraw(of person: ID<Person>) throws {
        try db.execute("DELETE FROM pairing WHERE person = :person", ["person": person])
    }

    package func status(of person: ID<Person>) throws -> PairingStatus {
        guard let row = try row(of: person) else { return .none }
        if let paired: ID<Session> = try row["paired"] { return .paired(try sessions.find(paired)) }
        let expires: Timestamp = try row["expires_ms"]
        guard let claim = try Self.claim(row), try row["confirmed"] == 0 else { return .waiting(expires: expires) }
        return .pending(claim, expires: expires)
    }

    /// Confirms a claim that waits.
    ///
    /// - Returns: false when there is no such claim.
    package func confirm(_ claim: ID<PairingClaim>, of person: ID<Person>) throws -> Bool {
        try db.execute(
            """
            UPDATE pairing SET confirmed = 1
            WHERE person = :person AND claim = :claim AND confirmed = 0 AND paired IS NULL AND expires_ms > :now
            """, ["person": person, "claim": claim]) == 1
    }

    /// Whether any code that counts was made in a network.
    package func isExpected(from network: String?) throws -> Bool {
        try db.value(
            """
            SELECT EXISTS (SELECT 1 FROM pairing WHERE network = :network AND expires_ms > :now AND paired IS NULL)
                AS value
            """, ["network": network]) ?? false
    }

    /// Shows a code. It gives what whoever made it has chosen, and nothing to those who ask for something else.
    ///
    /// - Parameter isNearOnly: only a code of the claimant's own network counts.
    package func claim(
        _ code: PairingCode, by holder: Session.Holder, isNearOnly: Bool = false, lifetimes: SessionLifetimes,
        key: PairingKey, in world: World
    ) throws -> Claimed {
        guard let (row, person) = try hold(code.hash(key)), try row["paired"] as ID<Session>? == nil,
            try row["grants"] == holder.kind.rawValue
        else { return .refused }
        let isNear = try holder.network != nil && holder.network == row["network"]
        if !isNear {
            guard !isNearOnly else { return .refused }
            guard let waiting = try Self.claim(row) else {
                try note(ID.new(in: world), by: holder, of: person)
                return .pending(person: person, isNew: true)
            }
            guard waiting.holder == holder else { return .refused }
            guard try row["confirmed"] == 1 else { return .pending(person: person, isNew: false) }
        }
        let grant = try sessions.begin(person, holder, lifetimes: lifetimes, in: world)
        try db.execute(
            "UPDATE pairing SET paired = :paired WHERE person = :person",
            ["paired": grant.session.id, "person": person])
        return .granted(grant)
    }

    package func deleteExpired() throws {
        try db.execute("DELETE FROM pairing WHERE expires_ms <= :now")
    }

    /// The row of a code that counts, which stays as it is until this transaction ends: of all who show the code at once,
    /// one after the other sees what came of those before.
    private func hold(_ code: Data) throws -> (row: ControlRow, person: ID<Person>)? {
        // Only whoever makes or shows a code changes its row, and they lock the person first.
        let owner: ID<Person>? = try db.value(
            "SELECT person AS value FROM pairing WHERE code = :code AND expires_ms > :now", ["code": code])
        guard let owner else { return nil }
        try db.lock(owner)
        guard let row = try row(of: owner), try row["code"] == code else { return nil }
        return (row, owner)
    }

    private func note(_ claim: ID<PairingClaim>, by holder: Session.Holder, of person: ID<Person>) throws {
        try db.execute(
            """
            UPDATE pairing SET claim = :claim, claim_kind = :kind, claim_name = :name, claim_network = :network
            WHERE person = :person
            """,
            [
                "claim": claim, "kind": holder.kind.rawValue, "name": holder.name, "network": holder.network,
                "person": person,
            ])
    }

    private func row(of person: ID<Person>) throws -> ControlRow? {
        try db.row(
            """
            SELECT code, network, expires_ms, claim, claim_kind, claim_name, claim_network, confirmed, paired, grants
            FROM pairing WHERE person = :person AND expires_ms > :now
            """, ["person": person])
    }

    private static func claim(_ row: ControlRow) throws -> PairingClaim? {
        guard let id: ID<PairingClaim> = try row["claim"], let kind = Session.Kind(rawValue: try row["claim_kind"])
        else {
            return nil
        }
        return PairingClaim(
            id: id, holder: Session.Holder(kind, name: try row["claim_name"], network: try row["claim_network"]))
    }
}

extension Failure {
    package static let pairingNoneLeft = Failure(
        .unavailable, "pairing.none_left", "No code is free right now. Try again in a minute.", retryAfterSeconds: 60)
}
