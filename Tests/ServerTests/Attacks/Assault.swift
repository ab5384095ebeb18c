import Foundation
import Journal
import Primitives
import Sync
import Testing

/// One way of using up a server, as often as it is wanted. Being refused is the attacker's lot, and no fault.
struct Assault: Sendable {
    let name: String
    /// Puts into the attacker's journal what the attack needs.
    var prepare: @Sendable (Attack) throws -> Void = { _ in }
    /// Attacks once; `number` tells rounds apart.
    let round: @Sendable (Attack, _ number: Int) throws -> Void

    static let all: [Assault] = [
        connections, halfRequests, search, history, details, versions, longTexts, bombs, blobs, codes, replicas,
        imports,
    ]

    // MARK: Without an account

    static let connections = Assault(name: "connections") { attack, _ in
        let held = (0..<1500).compactMap { _ in try? Socket(port: attack.server.port, from: "127.0.0.2") }
        usleep(200_000)
        withExtendedLifetime(held) {}
    }

    // MARK: With one account

    static let halfRequests = Assault(name: "half requests") { attack, _ in
        let held = try (0..<100).map { _ in
            let client = try attack.server.client()
            try client.begin(
                "POST", "/api/v1/journal/upload",
                attack.attacker.session.bearer.merging(Form.fields) { $1 }.merging(["Content-Length": "4000000"]) { $1 }
            )
            return client
        }
        sleep(2)
        withExtendedLifetime(held) {}
    }

    static let search = Assault(
        name: "search",
        prepare: { attack in
            for number in 1...4 {
                let text = String(repeating: number.isMultiple(of: 2) ? "aa ab " : "aa ", count: 40_000)
                try attack.attacker.ask(
                    "POST", "/entries", ["entry_date": "2026-11-0\(number)", "title": "words", "body": text])
            }
        },
        round: { attack, number in
            let asked = ["/search?q=a", "/search?q=aa%20ab", "/search?q=%22aa%20aa%22", "/search?q=aa%20a"]
            try attack.hangUp("GET", asked[number % asked.count], afterMilliseconds: 300)
        })

    static let history = Assault(
        name: "history",
        prepare: { attack in
            let id = try attack.attacker.trade()["id"].text ?? ""
            for number in 1...400 {
                try attack.attacker.ask("PATCH", "/trades/\(id)", ["notes": "Saved \(number) times.\n"])
            }
        },
        round: { attack, _ in
            let id = try attack.attacker.ask("/trades?symbol=AAPL")["trades"][0]["id"].text ?? ""
            try attack.hangUp("GET", "/history/\(id)?limit=1000", afterMilliseconds: 500)
        })

    static let details = Assault(
        name: "details",
        prepare: { attack in
            let id = try attack.attacker.trade(["symbol": "DETAILS"])["id"].text ?? ""
            for number in 1...60 {
                try attack.attacker.ask(
                    "POST", "/entries",
                    [
                        "entry_date": "2026-11-09", "title": "page \(number)", "trade_id": id,
                        "body": String(repeating: "\(number) words\n", count: 16_000),
                    ])
            }
        },
        round: { attack, _ in
            let id = try attack.attacker.ask("/trades?symbol=DETAILS")["trades"][0]["id"].text ?? ""
            // Readers that do not read.
            let held = try (0..<6).map { _ in
                let client = try attack.server.client()
                try client.begin("GET", "/api/v1/journal/trades/\(id)", attack.attacker.session.bearer)
                return client
            }
            sleep(2)
            withExtendedLifetime(held) {}
        })

    static let versions = Assault(
        name: "versions of a text",
        prepare: { attack in
            let texts = (0..<200).map { "Version \($0)\n" + String(repeating: "\($0) of many lines\n", count: 200) }
            try attack.send(concurrent: texts, of: 901)
        },
        round: { attack, number in
            try attack.hangUp(
                "GET", number.isMultiple(of: 2) ? "/conflicts" : "/entries/\(EntityID(rawValue: 901))",
                afterMilliseconds: 500)
        })

    static let longTexts = Assault(
        name: "concurrent long texts",
        prepare: { attack in
            try attack.send(
                concurrent: (0..<3).map { seed in
                    var dice = SystemRandomNumberGenerator()
                    return (0..<20_000).map { _ in "\(Int.random(in: 0..<40, using: &dice)) \(seed)\n" }.joined()
                }, of: 902)
        },
        round: { attack, number in
            try attack.hangUp(
                "PATCH", "/entries/\(EntityID(rawValue: 902))", ["title": "Title \(number)"], afterMilliseconds: 500)
        })

    static let bombs = Assault(name: "bodies that unpack to much") { attack, _ in
        let packed = Zstandard.compress([UInt8](repeating: 0, count: 8 << 20), level: 1)
        let held = try (0..<20).map { _ in
            let client = try attack.server.client()
            try client.begin(
                "POST", "/api/v1/sync/exchange",
                attack.attacker.session.bearer.merging([
                    "Content-Type": "application/x-protobuf", "Content-Encoding": "zstd",
                    "Content-Length": "\(packed.count)", "Daybook-Replica": String(repeating: "0a", count: 16),
                ]) { $1 })
            try client.socket.send(packed)
            return client
        }
        for client in held { _ = try client.answer(to: "POST") }
    }

    static let blobs = Assault(name: "blobs by sync") { attack, number in
        var bytes = [UInt8](repeating: 7, count: 1 << 20)
        withUnsafeBytes(of: number) { bytes.replaceSubrange(0..<8, with: $0) }
        let name = Hex.encode((0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) })
        _ = try attack.server.client().send(
            "PUT", "/api/v1/sync/blobs/\(name)",
            attack.attacker.session.bearer.merging(["Content-Range": "bytes 0-1048575/4194304"]) { $1 }, body: bytes)
    }

    static let codes = Assault(name: "pairing codes") { attack, number in
        let client = try attack.server.client()
        _ = try client.send("POST", "/api/v1/auth/pair-extension", attack.attacker.session.bearer, body: [])
        _ = try client.post("/api/v1/auth/extension-pair", ["code": "\(100_000 + number % 900_000)"])
    }

    static let replicas = Assault(name: "names of replicas") { attack, _ in
        let device = TestDevice(attack.attacker.session)
        _ = try device.send(device.request(), try attack.server.client())
    }

    static let imports = Assault(name: "imports and snapshots") { attack, number in
        var file = "time,symbol,side,price,quantity,fee,id\n"
        for row in 0..<5000 {
            file += "2026-01-02T03:04:05Z,BTC-USD,\(row.isMultiple(of: 2) ? "buy" : "sell"),100,1,0,\(number)-\(row)\n"
        }
        _ = try attack.attacker.send(file: file, ["account": "attack"])
        _ = try attack.server.client().send("GET", "/api/v1/sync/snapshot", attack.attacker.session.bearer)
    }
}

extension Attack {
    /// Asks, and is gone before the answer unless that comes quickly.
    func hangUp(
        _ method: String, _ path: String, _ json: [String: String]? = nil, afterMilliseconds: UInt32
    ) throws {
        let client = try server.client()
        var fields = attacker.session.bearer
        let body = try json.map { Array(try JSONSerialization.data(withJSONObject: $0)) }
        if let body { (fields["Content-Type"], fields["Content-Length"]) = ("application/json", "\(body.count)") }
        try client.begin(method, "/api/v1/journal" + path, fields)
        if let body { try client.socket.send(body) }
        usleep(afterMilliseconds * 1000)
        withExtendedLifetime(client) {}
    }

    /// Makes an entry whose text was written by many replicas, none of which knew of another.
    func send(concurrent texts: [String], of number: UInt128) throws {
        let id = EntityID(rawValue: number)
        var device = TestDevice(attacker.session)
        try device.write([
            .put(
                Schema.entry.kind, id,
                [FieldWrite(1, .text("2026-11-10")), FieldWrite(2, .text("texts")), FieldWrite(3, .text(""))])
        ])
        let client = try server.client()
        try device.exchange(client)
        for text in texts {
            let replica = ReplicaID(bytes: World.live.random(16)) ?? ReplicaID(rawValue: 2)
            let commit = Commit(
                dot: Dot(replica, 1), time: HybridTime(rawValue: 1_700_000_000_000 << 16), parent: nil,
                contextChanges: [Dot(device.replica, 1)],
                mutations: [.put(Schema.entry.kind, id, [FieldWrite(3, .text(text))])], summary: "")
            var request = device.request()
            request.commits = [EncodedCommit(commit.dot, try commit.encoded())]
            let answer = try device.send(request, client)
            try #require([200, 204].contains(answer.status), "\(answer.text)")
        }
    }
}
