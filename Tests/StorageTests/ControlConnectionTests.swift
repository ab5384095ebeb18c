import Foundation
import Primitives
import Testing

@testable import Storage

@Suite struct ControlConnectionTests {
    @Test func `each name becomes one number, and what is quoted stays`() {
        let statement = PostgresStatement(
            "SELECT \"a:b\", ':c', :d FROM e WHERE f = :g AND h = :d AND i < :now", isMomentKnown: true)
        #expect(statement.text == "SELECT \"a:b\", ':c', $1 FROM e WHERE f = $2 AND h = $1 AND i < $3")
        #expect(statement.names == ["d", "g", "now"])
    }

    @Test func `the moment that is not known yet is the database's own clock`() {
        let statement = PostgresStatement("SELECT a FROM b WHERE c < :now", isMomentKnown: false)
        #expect(statement.text == "SELECT a FROM b WHERE c < \(PostgresStatement.clock)")
        #expect(statement.names.isEmpty)
    }

    @Test func `a column that holds something else is damage, and no trap`() throws {
        let row = ControlRow(columns: ["text", "none"], values: [.text("a"), .null])
        #expect(try row["text"] == "a")
        #expect(try row["none"] as String? == nil)
        #expect(throws: Failure.controlDamaged) { try row["text"] as Int64 }
        #expect(throws: Failure.controlDamaged) { try row["text"] as ID<Person>? }
        #expect(throws: Failure.controlDamaged) { try row["none"] as String }
        #expect(throws: Failure.controlDamaged) { try row["missing"] as String? }
        let bytes = ControlRow(columns: ["id", "flag"], values: [.bytes(Data([1, 2])), .integer(2)])
        #expect(throws: Failure.controlDamaged) { try bytes["id"] as ID<Person> }
        #expect(throws: Failure.controlDamaged) { try bytes["flag"] as Bool }
    }

    @Test(arguments: [
        ("53100", "server.disk_full"), ("55P03", "server.database_busy"), ("40P01", "server.database_busy"),
        ("25006", "server.unwritable"), ("58030", "server.io"), ("XX001", "server.damaged"),
        ("57P01", "server.database_lost"), ("08006", "server.database_lost"),
    ])
    func `what PostgreSQL refuses has the code that it has on SQLite`(state: String, code: String) {
        #expect((PostgresTrouble.refused(state: state, message: "").failure as? Failure)?.code == code)
    }

    @Test func `the address has what connecting needs, and keeps what it was given`() throws {
        let address = try PostgresAddress("postgresql://me@one,two/name?connect_timeout=9")
        #expect(address.parameters["host"] == "one,two")
        #expect(address.parameters["connect_timeout"] == "9")
        #expect(address.parameters["target_session_attrs"] == "read-write")
        #expect(address.parameters["tcp_user_timeout"] == "3000")
        #expect(address.parameters["application_name"] == "daybook")
    }
}
