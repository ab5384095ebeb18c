import Foundation
import Primitives
import Synchronization
import Testing
import Web

@Suite struct CalledOffTests {
    private static func wait(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now() + .seconds(20)) == .success
    }

    @Test(arguments: [false, true])
    func `work ends when its caller hangs up, in tasks and on threads`(isOnThread: Bool) async throws {
        let work = EndlessWork()
        try await OwnRoutes.serve { table in
            table.get("/work", "Work", reads: []) { _ -> Answer in
                try await work.run(onThread: isOnThread)
                return Answer(status: 204)
            }
        } _: { server in
            try await onThread {
                let client = try server.client()
                try client.begin("GET", "/work", [:])
                #expect(Self.wait(work.began))
                client.socket.hangUp()
                #expect(Self.wait(work.ended))
                try expectEventually { server.count(.requestsCalledOff) == 1 }
            }
        }
    }

    @Test func `who sends many requests at once and hangs up has none of them worked on`() async throws {
        let work = EndlessWork()
        let begun = Atomic(0)
        try await OwnRoutes.serve { table in
            table.get("/work", "Work", reads: []) { _ -> Answer in
                begun.add(1, ordering: .relaxed)
                try await work.run(onThread: false)
                return Answer(status: 204)
            }
        } _: { server in
            try await onThread {
                let client = try server.client()
                for _ in 0..<500 { try client.begin("GET", "/work", [:]) }
                #expect(Self.wait(work.began))
                client.socket.hangUp()
                for _ in 0..<begun.load(ordering: .relaxed) { #expect(Self.wait(work.ended)) }
                try expectEventually { server.count(.requestsCalledOff) >= begun.load(ordering: .relaxed) }
            }
        }
    }

    @Test func `work that takes too long is ended and answered so, and the connection with it`() async throws {
        let work = EndlessWork()
        try await OwnRoutes.serve(WebLimits(workSeconds: 1)) { table in
            table.get("/work", "Work", reads: []) { _ -> Answer in
                try await work.run(onThread: true)
                return Answer(status: 204)
            }
        } _: { server in
            try await onThread {
                let client = try server.client()
                let answer = try client.get("/work")
                #expect(answer.status == 503)
                #expect(answer.code == "request.too_long")
                #expect(answer["retry-after"] != nil)
                #expect(answer["connection"] == "close")
                #expect(client.socket.isEnded())
                #expect(Self.wait(work.ended))
            }
        }
    }

    @Test func `the time in which a body comes is not time worked`() async throws {
        try await OwnRoutes.serve(WebLimits(workSeconds: 1)) { table in
            table.post("/body", "Take a body", reads: []) { call in
                Answer(text: "\(try await call.body(bytesMax: 100).count)", type: "text/plain")
            }
        } _: { server in
            try await onThread {
                let client = try server.client()
                try client.begin("POST", "/body", ["Content-Length": "30"])
                for _ in 0..<30 {
                    try client.socket.send([1])
                    usleep(100_000)
                }
                #expect(try client.answer(to: "POST").text == "30")
                #expect(server.count(.requestsCalledOff) == 0)
            }
        }
    }

    @Test func `a connection is kept after an answer, and one after the other is answered in order`() async throws {
        try await OwnRoutes.serve { table in
            table.get("/echo/{text}", "Say it again", names: ["text": .text], reads: []) { call in
                Answer(text: call.parameter("text"), type: "text/plain")
            }
        } _: { server in
            try await onThread {
                let client = try server.client()
                for round in 0..<5 { #expect(try client.get("/echo/\(round)").text == "\(round)") }
                for round in 0..<50 { try client.begin("GET", "/echo/\(round)", [:]) }
                for round in 0..<50 { #expect(try client.answer(to: "GET").text == "\(round)") }
                #expect(server.count(.requestsCalledOff) == 0)
            }
        }
    }

    @Test func `work ends when the server stops`() async throws {
        let work = EndlessWork()
        try await OwnRoutes.serve { table in
            table.get("/work", "Work", reads: []) { _ -> Answer in
                try await work.run(onThread: true)
                return Answer(status: 204)
            }
        } _: { server in
            let client = try await onThread {
                let client = try server.client()
                try client.begin("GET", "/work", [:])
                #expect(Self.wait(work.began))
                return Held(client)
            }
            await server.stop()
            try await onThread { #expect(Self.wait(work.ended)) }
            withExtendedLifetime(client) {}
        }
    }

    @Test func `a request has a budget, and is told when it is spent`() async throws {
        try await OwnRoutes.serve { table in
            table.get("/work", "Work", reads: []) { _ -> Answer in
                for _ in 0..<100 { try WorkBudget.spend(steps: WebLimits.workStepsMax / 99) }
                return Answer(status: 204)
            }
            table.get("/bytes", "Make bytes", reads: []) { _ -> Answer in
                for _ in 0..<100 { try WorkBudget.spend(bytes: WebLimits.workBytesMax / 99) }
                return Answer(status: 204)
            }
            table.get("/little", "Work a little", reads: []) { _ -> Answer in
                try WorkBudget.spend(steps: WebLimits.workStepsMax, bytes: WebLimits.workBytesMax)
                return Answer(status: 204)
            }
        } _: { server in
            try await onThread {
                let client = try server.client()
                #expect(try client.get("/work").code == "request.too_much")
                #expect(try client.get("/bytes").code == "request.too_much")
                #expect(try client.get("/little").status == 204)
            }
        }
    }

    @Test func `an upload that is cut ends, and so does one whose sender only stops to send`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            for isHalf in [false, true] {
                let before = try server.metric("daybook_requests_called_off_total") ?? 0
                let client = try server.client()
                try client.begin(
                    "POST", "/api/v1/sync/exchange",
                    session.bearer.merging(["Content-Length": "100000"]) { a, _ in a })
                try client.socket.send([1, 2, 3])
                if isHalf { client.socket.stopSending() } else { client.socket.hangUp() }
                try expectEventually { try server.metric("daybook_requests_called_off_total") ?? 0 > before }
            }
        }
    }

    @Test func `a write whose caller hangs up is there as a whole or not at all`() async throws {
        try await withServer { server in
            let trader = try Trader(server)
            let body = Array(
                try JSONSerialization.data(withJSONObject: [
                    "symbol": "AAPL", "side": "LONG", "quantity": "1", "entry_price": "100",
                    "opened_at": "2026-11-02T10:00:00Z", "notes": String(repeating: "why ", count: 2000),
                ]))
            let fields = trader.session.bearer.merging([
                "Content-Type": "application/json", "Content-Length": "\(body.count)",
            ]) { $1 }
            for round in 0..<60 {
                let client = try server.client()
                try client.begin("POST", "/api/v1/journal/trades", fields)
                try client.socket.send(body)
                usleep(UInt32(round * 200))
                client.socket.hangUp()
            }
            let whole = try trader.trade()
            let list = try trader.ask("/trades?limit=100")
            #expect(list["total"].count == list["trades"].list.count)
            #expect((1...61).contains(list["trades"].list.count))
            for trade in list["trades"].list {
                #expect(trade["entry_price"].text == whole["entry_price"].text)
                #expect(try trader.ask("/trades/\(trade["id"].text ?? "")")["symbol"].text == "AAPL")
            }
            // What the log holds and what was made of it are one.
            var device = TestDevice(trader.session)
            try device.write()
            #expect(try device.exchange(try server.client()).status == 200)
        }
    }
}

/// Keeps a connection open from one thread to another.
private final class Held: @unchecked Sendable {
    private let client: HTTPConnection
    init(_ client: HTTPConnection) { self.client = client }
}
