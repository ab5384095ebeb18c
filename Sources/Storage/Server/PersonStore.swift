import Foundation
import GRDB
import Primitives

/// People by their wallets.
package struct PersonStore {
    private let db: Database

    init(_ db: Database) { self.db = db }

    package func find(address: [UInt8]) throws -> Person? {
        try Data.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM person WHERE address = ?"), arguments: [Data(address)]
        )
        .flatMap { ID<Person>(bytes: $0) }
        .map { Person(id: $0, address: address) }
    }

    /// The person with this wallet; a new one when it was never seen.
    package func findOrJoin(address: [UInt8], in world: World) throws -> Person {
        if let known = try find(address: address) { return known }
        let person = Person(id: .new(in: world), address: address)
        try db.execute(
            sql: "INSERT INTO person (id, address, joined_ms) VALUES (?, ?, ?)",
            arguments: [Data(person.id.bytes), Data(address), world.now().milliseconds])
        return person
    }
}
