import Foundation
import Primitives

/// People by their wallets.
package struct PersonStore {
    private let db: any ControlConnection

    init(_ db: any ControlConnection) { self.db = db }

    package func find(address: [UInt8]) throws -> Person? {
        try db.row("SELECT id FROM person WHERE address = :address", ["address": Data(address)])
            .map { Person(id: try $0["id"], address: address) }
    }

    /// The person with this wallet; a new one when it was never seen. Of servers that meet the same wallet at once, one
    /// brings the person in, and the others wait to find them.
    ///
    /// - Throws: `person.lost`.
    package func findOrJoin(address: [UInt8], in world: World) throws -> Person {
        if let known = try find(address: address) { return known }
        let person = Person(id: .new(in: world), address: address)
        let joined = try db.execute(
            """
            INSERT INTO person (id, address, joined_ms) VALUES (:id, :address, :now) ON CONFLICT (address) DO NOTHING
            """, ["id": person.id, "address": Data(address)])
        if joined == 1 { return person }
        guard let other = try find(address: address) else { throw Failure.personLost }
        return other
    }
}

extension Failure {
    fileprivate static let personLost = Failure(
        .unavailable, "person.lost", "The account was changed by another server just now. Try again.",
        retryAfterSeconds: 1)
}
