import Foundation
import GRDB
import Journal
import Primitives
import Storage
import Sync
import Testing

@Suite struct ImageStoreTests {
    private func add(
        _ device: TestDevice, _ bytes: [UInt8], name: String = "chart.png", to owner: ImageStore.Owner? = nil
    ) async throws -> Image {
        let blob = try await device.blobs().put(bytes)
        let image = Image(
            id: .new(in: device.world), sha256: blob.bytes, name: name, mediaType: "image/png",
            size: Int64(bytes.count), caption: "", createdAt: device.world.now())
        try await device.journal.edit("add") { draft, db in try ImageStore(db).add(image, to: owner, in: &draft) }
        return image
    }

    @Test func `twenty names for one picture are one blob`() async throws {
        let desk = try await TestDevice("Desk")
        for number in 0..<20 { _ = try await add(desk, [1, 2, 3], name: "chart-\(number).png") }
        #expect(try await desk.journal.read { try ImageStore($0).list().count } == 20)
        #expect(try await desk.blobs().list().count == 1)
        #expect(try await desk.journal.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM blob") } == 1)
    }

    @Test func `an image hangs on a trade nobody has said anything of, and stays with it`() async throws {
        let desk = try await TestDevice("Desk")
        try await desk.add(TestDevice.fill(5, .buy), TestDevice.fill(6, .sell))
        let image = try await add(desk, [1], to: .trade(desk.onlyTrade().id))
        try await desk.add(TestDevice.fill(4, .buy))
        let trade = try await desk.onlyTrade().id
        #expect(try await desk.detail(trade).images == [image])
        #expect(try await desk.journal.read { try ImageStore($0).owners(of: image.id) } == [.trade(trade)])
    }

    @Test func `an image is replaced where it hangs`() async throws {
        let desk = try await TestDevice("Desk")
        let trade = try await desk.addTrade()
        let former = try await add(desk, [1], to: .trade(trade))
        let blob = try await desk.blobs().put([2, 2])
        let other = Image(
            id: former.id, sha256: blob.bytes, name: "new.png", mediaType: "image/png", size: 2, caption: "",
            createdAt: nil)
        try await desk.journal.edit("replace") { draft, db in
            try ImageStore(db).replace(former.id, by: other, in: &draft)
        }
        let images = try await desk.detail(trade).images
        #expect(images.map(\.name) == ["new.png"])
        #expect(images.map(\.sha256) == [blob.bytes])
        #expect(images.map(\.createdAt) == [former.createdAt])
    }

    @Test func `a deleted image hangs nowhere`() async throws {
        let desk = try await TestDevice("Desk")
        let trade = try await desk.addTrade()
        let image = try await add(desk, [1], to: .trade(trade))
        try await desk.journal.edit("delete") { draft, db in _ = try ImageStore(db).delete(image.id, in: &draft) }
        #expect(try await desk.detail(trade).images.isEmpty)
        #expect(try await desk.journal.read { try ImageStore($0).list().isEmpty })
    }
}
