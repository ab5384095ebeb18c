import Foundation
import Testing

/// Wallets are free: somebody makes many people.
@Suite struct NewcomerTests {
    @Test func `one address brings so many new people in an hour, and those who were here come in as ever`() throws {
        try withServerNow(["--newcomers-per-hour", "3"]) { server in
            for wallet in 1...3 as ClosedRange<UInt8> { _ = try Wallet(wallet).session(at: server) }
            for wallet in 4...6 as ClosedRange<UInt8> {
                #expect(try Wallet(wallet).signIn(at: server).status == 429)
            }
            let trader = try Trader(server, wallet: 2)
            #expect(try trader.get("/trades").status == 200)
            let people = try FileManager.default.subpathsOfDirectory(atPath: server.data + "/people")
            #expect(people.filter { $0.hasSuffix("journal.sqlite") }.count == 1)
        }
    }

    private func withServerNow(_ options: [String], _ body: (RunningServer) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "daybook-\(UUID().uuidString)"
        defer {
            for suffix in ["", ".log", ".out"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        let server = try RunningServer(data: path, options: options)
        defer { server.stop(SIGKILL) }
        try body(server)
    }
}
