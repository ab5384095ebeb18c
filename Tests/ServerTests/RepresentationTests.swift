import Foundation
import Testing

@testable import Web

@Suite struct RepresentationTests {
    private static let path = "/api/v1/openapi.json"

    @Test func `a long answer is compressed for whoever takes that, and for nobody else`() async throws {
        try await withServer { server in
            let client = try server.client()
            let plain = try client.get(Self.path)
            #expect(plain["content-encoding"] == nil)
            #expect(plain["vary"] == "Accept-Encoding")
            for accepted in ["gzip", "br, GZIP;q=0.5", "*", "deflate, *;q=0.1", "x-gzip"] {
                let answer = try client.get(Self.path, ["Accept-Encoding": accepted])
                #expect(answer["content-encoding"] == "gzip", "\(accepted)")
                #expect(answer["content-type"] == plain["content-type"])
                #expect(answer.body.count < plain.body.count / 4)
                #expect(try gunzip(answer.body) == plain.body)
            }
            for refused in ["", "identity", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "br", "gzip;q=none"] {
                let answer = try client.get(Self.path, ["Accept-Encoding": refused])
                #expect(answer["content-encoding"] == nil, "\(refused)")
                #expect(answer.body == plain.body)
                #expect(answer["vary"] == "Accept-Encoding")
            }
        }
    }

    @Test func `what is short, what is no text and what strangers may ask is left as it is`() async throws {
        try await withServer { server in
            let gzip = ["Accept-Encoding": "gzip"]
            let client = try server.client()
            for path in ["/health", "/app/icon.svg", "/nothing"] {
                let answer = try client.get(path, gzip)
                #expect(answer["content-encoding"] == nil, "\(path)")
                #expect(answer["vary"] == nil, "\(path)")
            }
            #expect(!RouteTable.Route.stranger.admits.mayCompress)
        }
    }

    @Test func `whoever has the answer is not sent it again`() async throws {
        try await withServer { server in
            let client = try server.client()
            let plain = try client.get(Self.path)
            let compressed = try client.get(Self.path, ["Accept-Encoding": "gzip"])
            let tags = [try #require(plain["etag"]), try #require(compressed["etag"])]
            #expect(tags[0] != tags[1], "other bytes have another strong tag")
            for method in ["GET", "HEAD"] {
                for tag in tags + ["W/" + tags[0], "\"other\" ,\t\(tags[1])", "*"] {
                    let answer = try client.send(method, Self.path, ["If-None-Match": tag, "Accept-Encoding": "gzip"])
                    #expect(answer.status == 304, "\(method) \(tag)")
                    #expect(answer["etag"] == tags[1])
                    #expect(answer["vary"] == "Accept-Encoding")
                    #expect(answer["content-type"] == nil)
                    #expect(answer["content-encoding"] == nil)
                    #expect(try client.send(method, Self.path, ["If-None-Match": tag])["etag"] == tags[0])
                }
                let other = try client.send(method, Self.path, ["If-None-Match": "\"other\", other"])
                #expect(other.status == 200)
            }
            let head = try client.send("HEAD", Self.path, ["Accept-Encoding": "gzip"])
            #expect(head["content-length"] == String(plain.body.count))
            #expect(head["etag"] == tags[0])
        }
    }

    @Test func `a stream shows what was flushed at once, and is whole at its end`() throws {
        let stream = try GzipStream(level: 1)
        let pieces = (0..<200).map { number in Array("{\"trade\":\(number)}\n".utf8) }
        var sent: [UInt8] = []
        for (number, piece) in pieces.enumerated() {
            let bytes = try stream.compress(piece, number == 0 ? .flush : .wait)
            if number == 0 { #expect(!bytes.isEmpty) }
            sent += bytes
        }
        sent += try stream.compress([], .end)
        #expect(try gunzip(sent) == pieces.flatMap { $0 })

        let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let whole = try GzipStream(level: 1)
        let bytes = try whole.compress(large, .wait) + whole.compress([], .end)
        #expect(try gunzip(bytes) == large)
        #expect(try gunzip(GzipStream(level: 1).compress([], .end)).isEmpty)
    }

    @Test func `tags are compared weakly, whichever coding they came in`() {
        let tags = EntityTags("W/\"1\", \"2-gzip\" , \"3\"")
        for tag in ["\"1\"", "W/\"1\"", "\"2\"", "\"2-gzip\"", "\"3\""] { #expect(tags.contains(tag), "\(tag)") }
        for tag in ["\"4\"", "1", "\"3-gzip\"", ""] { #expect(!tags.contains(tag), "\(tag)") }
        #expect(EntityTags("*").contains("\"anything\""))
        #expect(!EntityTags("").contains("\"1\""))
    }
}

extension RouteTable.Route {
    fileprivate static var stranger: RouteTable.Route {
        var table = RouteTable("", admits: Admission(note: "For strangers.", mayCompress: false) { _ in nil })
        table.get("/", "For strangers") { _ in Answer(status: 204) }
        return table.routes[0]
    }
}
