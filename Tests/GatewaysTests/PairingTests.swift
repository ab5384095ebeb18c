import Foundation
import Gateways
import NIOHTTP1
import Primitives
import Synchronization
import Testing

@Suite struct PairingTests {
    private let tokens = CannedServer.Answer.json(
        #"{"tokens":{"access_token":"a","refresh_token":"r","expires_in":900}}"#)
    private let me = CannedServer.Answer.json(#"{"user_id":"me","address":"0x00"}"#)
    private let pending = CannedServer.Answer.json(
        #"{"status":"pending","retry_after":1}"#, status: 202, headers: [("Retry-After", "1")])
    private let refused = CannedServer.Answer.json(#"{"error":"pairing.refused","message":"no"}"#, status: 401)

    // MARK: The side that types the code

    @Test func `a code that is taken begins a session, and asks whose it is`() async throws {
        let questions = try await talk([tokens, me], session: nil) { connection in
            let begun = try await Pairing(connection, world: .live).claim("042917", as: "Laptop") {
                Issue.record("nothing was pending")
            }
            #expect(begun.tokens.access == "a" && begun.tokens.refresh == "r")
            #expect(begun.person == "me" && begun.address == "0x00")
        }
        #expect(questions.map(\.line) == ["POST /api/v1/auth/extension-pair", "GET /api/v1/auth/me"])
        let body = try JSONDecoder().decode([String: String].self, from: Data(questions[0].body))
        #expect(body == ["code": "042917", "name": "Laptop", "kind": "device"])
        #expect(!questions[0].headers.contains(name: "Authorization"))
        #expect(questions[1].headers["Authorization"] == ["Bearer a"])
    }

    @Test func `a claim that waits is asked for again, also over a line that is cut, until it is confirmed`()
        async throws
    {
        let count = Mutex(0)
        let busy = CannedServer.Answer.json(
            #"{"error":"server.busy","message":"later"}"#, status: 503, headers: [("Retry-After", "1")])
        let questions = try await talk([pending, pending, busy, .init(isCut: true), tokens, me], session: nil) {
            connection in
            _ = try await Pairing(connection, world: .live).claim("042917", as: "Laptop") {
                count.withLock { $0 += 1 }
            }
        }
        #expect(count.withLock { $0 } == 1)
        #expect(Set(questions.prefix(5).map(\.text)).count == 1, "the same body each time")
        #expect(questions.count == 6)
    }

    @Test func `a claim that is refused while it waits ends`() async throws {
        let code = await failureCode {
            _ = try await talk([pending, refused], session: nil) { connection in
                _ = try await Pairing(connection, world: .live).claim("042917", as: "Laptop") {}
            }
        }
        #expect(code == "pairing.refused")
    }

    @Test func `a wrong code is one guess and no more`() async throws {
        for answer in [
            refused,
            .json(#"{"error":"pairing.too_many","message":"later"}"#, status: 429, headers: [("Retry-After", "1")]),
            .init(isCut: true),
        ] {
            let questions = try await talk([answer, tokens, me], session: nil) { connection in
                let code = await failureCode {
                    _ = try await Pairing(connection, world: .live).claim("042917", as: "Laptop") {}
                }
                #expect(["pairing.refused", "pairing.too_many", "server.unreachable"].contains(code))
            }
            #expect(questions.count == 1)
        }
    }

    @Test(arguments: ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", "12 345"])
    func `what is no code is not sent`(text: String) async throws {
        let questions = try await talk([], session: nil) { connection in
            let code = await failureCode {
                _ = try await Pairing(connection, world: .live).claim(text, as: "Laptop") {}
            }
            #expect(code == "pairing.bad_code")
        }
        #expect(questions.isEmpty)
    }

    // MARK: The side that shows it

    @Test func `a code is asked for, watched, confirmed and withdrawn`() async throws {
        let claim = #"{"id":"c1","name":"Phone","kind":"device","network":"203.0.113.0/24"}"#
        let questions = try await talk([
            .json(#"{"code":"042917","expires_in":300}"#),
            .json(#"{"status":"waiting","expires_in":299,"claim":null}"#),
            .json(#"{"status":"pending","expires_in":298,"claim":\#(claim)}"#), .init(status: 204), .init(status: 404),
            .json(#"{"status":"claimed","expires_in":0,"claim":\#(claim)}"#),
            .json(#"{"status":"claimed","claim":null}"#), .json(#"{"status":"none"}"#), .init(status: 204),
        ]) { connection in
            let pairing = Pairing(connection, world: .live)
            let code = try await pairing.begin()
            #expect(code.digits == "042917" && code.lifetimeSeconds == 300)
            #expect(try await pairing.state() == .waiting)
            guard case .pending(let found) = try await pairing.state() else {
                Issue.record("nothing is pending")
                return
            }
            #expect(found.name == "Phone" && found.kind == "device" && found.network == "203.0.113.0/24")
            #expect(try await pairing.confirm(found))
            #expect(try await !pairing.confirm(found))
            #expect(try await pairing.state() == .claimed(found))
            #expect(try await pairing.state() == .claimed(nil))
            #expect(try await pairing.state() == .gone)
            try await pairing.withdraw()
        }
        #expect(
            questions.map(\.line) == [
                "POST /api/v1/auth/pair-extension?kind=device", "GET /api/v1/auth/pair-extension",
                "GET /api/v1/auth/pair-extension", "POST /api/v1/auth/pair-extension/confirm",
                "POST /api/v1/auth/pair-extension/confirm", "GET /api/v1/auth/pair-extension",
                "GET /api/v1/auth/pair-extension", "GET /api/v1/auth/pair-extension",
                "DELETE /api/v1/auth/pair-extension",
            ])
        #expect(questions[3].text == #"{"claim":"c1"}"#)
        #expect(questions.allSatisfy { $0.headers["Authorization"] == ["Bearer first"] })
    }

    @Test(arguments: [
        #"{"code":"42917","expires_in":300}"#, #"{"code":"\u001b[2J12","expires_in":300}"#,
        #"{"code":"042917","expires_in":0}"#, #"{"code":42917,"expires_in":300}"#, "{}", "",
    ]) func `a code that is none is not shown`(text: String) async throws {
        let code = await failureCode {
            _ = try await talk([.json(text)]) { _ = try await Pairing($0, world: .live).begin() }
        }
        #expect(code == "server.bad_answer")
    }

    @Test(arguments: [#"{"status":"pending"}"#, #"{"status":"other","claim":null}"#, "[]"])
    func `a state that is none is refused`(text: String) async throws {
        let code = await failureCode {
            _ = try await talk([.json(text)]) { _ = try await Pairing($0, world: .live).state() }
        }
        #expect(code == "server.bad_answer")
    }
}
