import Foundation
import Testing

struct HTTPAnswer {
    let status: Int
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    subscript(_ name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// The value of a cookie that was set; empty when it was removed.
    func cookie(_ name: String) -> String? {
        fields.filter { $0.name.lowercased() == "set-cookie" && $0.value.hasPrefix(name + "=") }.last
            .map { String($0.value.dropFirst(name.count + 1).prefix { $0 != ";" }) }
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }

    /// The `error` of an error body.
    var code: String { json["error"] as? String ?? "" }
}

/// A plain HTTP/1.1 client, so that a test sees every byte.
final class HTTPConnection {
    let socket: Socket
    private let host: String

    init(port: UInt16, from address: String? = nil, windowBytes: Int32? = nil) throws {
        socket = try Socket(port: port, from: address, windowBytes: windowBytes)
        host = "127.0.0.1:\(port)"
    }

    func send(
        _ method: String, _ path: String, _ fields: [String: String] = [:], body: [UInt8]? = nil
    ) throws -> HTTPAnswer {
        try begin(method, path, fields.merging(body.map { ["Content-Length": "\($0.count)"] } ?? [:]) { a, _ in a })
        if let body { try socket.send(body) }
        return try answer(to: method)
    }

    func get(_ path: String, _ fields: [String: String] = [:]) throws -> HTTPAnswer { try send("GET", path, fields) }

    func post(_ path: String, _ json: [String: String], _ fields: [String: String] = [:]) throws -> HTTPAnswer {
        let body = try JSONSerialization.data(withJSONObject: json)
        return try send(
            "POST", path, fields.merging(["Content-Type": "application/json"]) { a, _ in a }, body: Array(body))
    }

    /// The head of a request, whose body may follow in pieces.
    func begin(_ method: String, _ path: String, _ fields: [String: String]) throws {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        try socket.send(Array((head + "\r\n").utf8))
    }

    func answer(to method: String) throws -> HTTPAnswer {
        let head = String(decoding: try socket.receive(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: String(parts[0]), value: parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        let count = fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        let hasBody = method != "HEAD" && status != 204 && status != 304
        let isChunked = fields.contains { $0.name.lowercased() == "transfer-encoding" }
        let body = hasBody ? try isChunked ? chunks() : socket.receive(count) : []
        return HTTPAnswer(status: status, fields: fields, body: body)
    }

    /// A body whose length was not known when it was begun (RFC 9112, 7.1).
    private func chunks() throws -> [UInt8] {
        let end = Array("\r\n".utf8)
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try socket.receive(through: end).dropLast(2), as: UTF8.self)
            let count = try #require(Int(line, radix: 16))
            body += try socket.receive(count)
            _ = try socket.receive(through: end)
            if count == 0 { return body }
        }
    }
}
