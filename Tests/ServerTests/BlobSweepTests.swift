import Foundation
import Journal
import JournalAPI
import Primitives
import Storage
import Sync
import Testing

@Suite struct BlobSweepTests {
    @Test func `what nobody has asked for again goes after its time, and what an image names stays`() async throws {
        try await withDirectory { path in
            let moment = Moment(World.live.now())
            let control = try await ControlDatabase.inMemory(world: moment.world)
            let pool = JournalPool(directory: path, world: moment.world)
            let sweeps = BlobSweeps(control: control, pool: pool, looseSeconds: 3600, world: moment.world)
            let person = try await control.write { try $0.persons.findOrJoin(address: [1], in: .live).id }
            // Of bytes that never come whole.
            let part = try #require(BlobName(bytes: [UInt8](repeating: 9, count: 32)))
            let quota = BlobQuota(bytesMax: 1 << 20, exemptBytes: 0)
            let (named, loose) = try await pool.withJournal(of: person) { journal in
                let named = try await journal.blobs.put(Array("named".utf8), in: quota)
                let loose = try await journal.blobs.put(Array("loose".utf8), in: quota)
                _ = try await journal.blobs.append(part, size: 9, offset: 0, bytes: [1, 2, 3], in: quota)
                let image = Image(
                    id: .new(in: .live), sha256: named.bytes, name: "a.png", mediaType: "image/png", size: 5,
                    caption: "", createdAt: moment.now)
                _ = try await journal.file.edit("add an image", as: "server") { draft, db in
                    try ImageStore(db).add(image, to: nil, in: &draft)
                }
                return (named, loose)
            }
            await sweeps.plan(person)
            func kept() async throws -> [Bool] {
                try await pool.withJournal(of: person) { journal in
                    [
                        journal.blobs.has(named), journal.blobs.has(loose),
                        journal.blobs.progress(part) == .partial(received: 3),
                    ]
                }
            }
            for (seconds, expected) in [
                (0, [true, true, true]), (3500, [true, true, true]), (200, [true, false, false]),
            ] {
                moment.pass(seconds)
                try await sweeps.run()
                #expect(try await kept() == expected)
            }
            #expect(try await pool.withJournal(of: person) { try await $0.blobs.usedBytes() } == 5)
            await pool.closeAll()
            try control.close()
        }
    }
}
