import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct LookupTests {
    private func trade(_ device: TestDevice, _ text: String) async throws -> ID<Trade> {
        try await device.journal.read { try Lookup($0).trade(text) }
    }

    @Test func `a trade is found by what its id begins or ends with, and by what lists show`() async throws {
        let desk = try await TestDevice("Desk")
        let id = try await desk.addTrade()
        let text = id.description
        var pieces: [Substring] = [text[...], text.uppercased()[...], "last"]
        for count in [4, 9, 13] { pieces += [text.prefix(count), text.suffix(count)] }
        pieces.append(text.suffix(8).prefix(5))
        for piece in pieces.map(String.init) {
            #expect(try await trade(desk, piece) == id, "\(piece)")
        }
    }

    @Test func `what fits two things is asked back, with the ids that it could be`() async throws {
        let desk = try await TestDevice("Desk")
        let first = try await desk.addTrade()
        _ = try await desk.addTrade()
        // Made at nearly the same moment, they begin alike.
        let prefix = String(first.description.prefix(6))
        #expect(await failureCode { _ = try await trade(desk, prefix) } == "trade.ambiguous_id")
    }

    @Test(arguments: [
        ("abc", "id.too_short"), ("", "id.too_short"), ("xyz123", "id.not_hexadecimal"), ("%%%%", "id.not_hexadecimal"),
        ("00001111", "trade.not_found"), ("last", "trade.not_found"),
        ("0123456789abcdef0123456789abcdef0", "id.not_hexadecimal"),
    ])
    func `what is no id is told`(text: String, code: String) async throws {
        let desk = try await TestDevice("Desk")
        #expect(await failureCode { _ = try await trade(desk, text) } == code)
    }

    @Test func `the id of an annotation leads to the trade it hangs on`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(
            TestDevice.fill(2, .buy), TestDevice.fill(3, .sell), TestDevice.fill(4, .buy), TestDevice.fill(5, .sell))
        let ids = try await desk.trades().map(\.id)
        for id in ids { try await desk.note(id, "n") }
        try await desk.add(TestDevice.fill(1, .buy))
        let one = try await desk.onlyTrade().id
        for id in ids { #expect(try await trade(desk, id.description) == one) }
    }
}
