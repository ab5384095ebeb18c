import Foundation
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct FillStoreTests {
    @Test func `only fills that are not here are unknown, and each once`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(1, .buy))
        let fills = [TestDevice.fill(1, .buy), TestDevice.fill(2, .sell), TestDevice.fill(2, .sell)]
        let unknown = try await desk.journal.read { try FillStore($0).unknown(fills).map(\.id) }
        #expect(unknown == [.numbered(2)])
    }

    @Test func `a fill reads as it was written`() async throws {
        let desk = try await TestDevice("Desk")
        let fill = TestDevice.fill(1, .sell, "0.123456789012345678", price: "7", fee: "-0.5")
        let plain = TestDevice.fill(2, .buy)
        try await desk.add(fill, plain)
        #expect(try await desk.journal.read { try FillStore($0).find(.numbered(1)) } == fill)
        #expect(try await desk.journal.read { try FillStore($0).find(.numbered(2)) } == plain)
    }

    @Test func `two devices that import the same fills offline agree to the byte`() async throws {
        let (desk, laptop, server) = (
            try await TestDevice("Desk"), try await TestDevice("Laptop"), try await TestServer()
        )
        for device in [desk, laptop] { try await device.add(TestDevice.fill(1, .buy), TestDevice.fill(2, .sell)) }
        try await server.sync(desk, laptop)
        #expect(try await desk.trades() == laptop.trades())
        #expect(try await desk.journal.position().content == laptop.journal.position().content)
    }
}
