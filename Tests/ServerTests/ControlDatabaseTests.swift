import Foundation
import Primitives
import Storage
import Sync
import Testing

@Suite struct ControlDatabaseTests {
    @Test func `what was answered survives a power cut`() async throws {
        try await withDirectory { path in
            try PrivateFile.createDirectory(path)
            let control = try await ControlDatabase.open(in: path)
            defer { try? control.close() }
            #expect(try await control.synchronousLevel() == 2)
        }
    }

    @Test func `a refresh that is thrown away leaves no trace`() async throws {
        try await withDirectory { path in
            try PrivateFile.createDirectory(path)
            let control = try await ControlDatabase.open(in: path)
            defer { try? control.close() }
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await control.write { control in
                    _ = try control.persons.findOrJoin(address: [UInt8](repeating: 1, count: 20), in: .live)
                    throw Undone()
                }
            }
            #expect(try await control.read { try $0.persons.find(address: [UInt8](repeating: 1, count: 20)) } == nil)
        }
    }

    @Test func `whoever signs in too often loses the oldest session`() async throws {
        try await withDirectory { path in
            try PrivateFile.createDirectory(path)
            let control = try await ControlDatabase.open(in: path)
            defer { try? control.close() }
            let grants = try await control.write { control in
                let person = try control.persons.findOrJoin(address: [UInt8](repeating: 1, count: 20), in: .live)
                return try (0...SessionStore.perPersonMax).map { _ in
                    try control.sessions.begin(
                        person.id, .init(.device, name: "Desk", network: nil), lifetimes: SessionLifetimes(), in: .live)
                }
            }
            let alive = try await control.read { control in
                try grants.map { try control.sessions.find(access: $0.access, at: World.live.now()) != nil }
            }
            #expect(alive == [false] + [Bool](repeating: true, count: SessionStore.perPersonMax))
        }
    }

    @Test func `a token prints as nothing`() {
        let token = Token.new(in: .live)
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] { #expect(!text.contains(token.text)) }
    }
}
