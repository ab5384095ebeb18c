import Foundation
import Primitives
import TestSupport
import Testing
import Web

/// A part of a form with all its bytes, however they came.
private struct WholePart: Equatable {
    let head: FormPart
    var bytes: [UInt8]
}

@Suite struct FormParserTests {
    private static let type = "multipart/form-data; boundary=xYz"

    /// What stands in `body`, which comes in pieces that end where `cuts` says.
    private static func parts(
        _ body: [UInt8], _ cuts: [Int] = [], type: String = FormParserTests.type
    ) throws -> [WholePart] {
        var parser = try FormParser(contentType: type)
        var parts: [WholePart] = []
        var isOpen = false
        var start = 0
        for cut in cuts.sorted() + [body.count] {
            for event in try parser.read(body[start..<cut]) {
                switch event {
                case .part(let head):
                    #expect(!isOpen)
                    isOpen = true
                    parts.append(WholePart(head: head, bytes: []))
                case .bytes(let bytes):
                    #expect(isOpen && !bytes.isEmpty)
                    parts[parts.count - 1].bytes += bytes
                case .end:
                    #expect(isOpen)
                    isOpen = false
                }
            }
            start = cut
        }
        try parser.finish()
        #expect(!isOpen)
        return parts
    }

    private static func parts(_ text: String, type: String = FormParserTests.type) throws -> [WholePart] {
        try parts(Array(text.utf8), type: type)
    }

    private static func reason(_ text: String, type: String = FormParserTests.type) -> String {
        do {
            _ = try parts(text, type: type)
            return "none"
        } catch let failure as Failure {
            return failure.code == "request.bad_multipart" ? failure.message : failure.code
        } catch {
            return "\(error)"
        }
    }

    private static func head(_ field: String) -> String { "--xYz\r\n\(field)\r\n\r\n" }
    private static func named(_ parameters: String) -> String {
        head("Content-Disposition: form-data; \(parameters)") + "x\r\n--xYz--\r\n"
    }

    // MARK: What is read

    @Test func `fields and files come as they were sent`() throws {
        let body = """
            --xYz\r
            Content-Disposition: form-data; name="caption"\r
            \r
            The breakout\r
            --xYz \t\r
            content-disposition: form-data; name=file; filename="chart.png"\r
            Content-Type: Image/PNG; x=1\r
            \r
            \r\n--xY\r\n-xYz\r
            --xYz--\r
            whatever stands behind
            """
        let parts = try Self.parts("before the first\r\n" + body)
        #expect(
            parts == [
                WholePart(head: FormPart(name: "caption"), bytes: Array("The breakout".utf8)),
                WholePart(
                    head: FormPart(name: "file", fileName: "chart.png", mediaType: "image/png"),
                    bytes: Array("\r\n--xY\r\n-xYz".utf8)),
            ])
        #expect(try Self.parts(body) == parts)
    }

    @Test func `a form may be empty, and so may a part of it`() throws {
        #expect(try Self.parts("--xYz--").isEmpty)
        let empty = "Content-Disposition: form-data; name=a"
        for body in ["\(Self.head(empty))\r\n--xYz--", "\(Self.head(empty))--xYz--"] {
            #expect(try Self.parts(body) == [WholePart(head: FormPart(name: "a"), bytes: [])])
        }
    }

    @Test(arguments: [
        (#"name="a"; filename="chart.png""#, "chart.png"),
        (#"name="a"; filename=chart.png"#, "chart.png"),
        (#"name="a"; filename="Kauf ü €.png""#, "Kauf ü €.png"),
        (#"name="a"; filename="a%22b%5C.png""#, "a\"b%5C.png"),
        (#"name="a"; filename="a\"b\\c.png""#, "c.png"),
        (#"name="a"; filename="C:\pictures\chart.png""#, "chart.png"),
        (#"name="a"; filename="../../etc/passwd""#, "passwd"),
        (#"name="a"; filename="""#, ""),
        (#"name="a"; filename="plain.png"; filename*=UTF-8''Kauf%20%E2%82%AC.png"#, "Kauf €.png"),
        (#"name="a"; filename*=iso-8859-1'en'caf%E9.gif;"#, "café.gif"),
        (#"NAME="a" ; FileName = "a;b.png" "#, "a;b.png"),
        ("name=\"a\"; filename=\"\u{301}e.png\"", "\u{301}e.png"),
    ])
    func `a file's name is read as browsers and programs write it`(parameters: String, name: String) throws {
        let part = try #require(try Self.parts(Self.named(parameters)).first)
        #expect(part.head.name == "a")
        #expect(part.head.fileName == name)
    }

    @Test func `a boundary may be quoted and have any of its marks`() throws {
        let boundary = "----Web (Kit)'+_,./:=? x"
        let body = "--\(boundary)\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--\(boundary)--"
        #expect(try Self.parts(body, type: "Multipart/Form-Data; boundary=\"\(boundary)\"").count == 1)
    }

    // MARK: What is refused

    @Test func `a body that is no form is refused`() {
        for type in [
            "application/json", "multipart/mixed; boundary=x", "", "multipart/form-data; boundary=a; boundary=b",
        ] {
            #expect(Self.reason("", type: type) == "request.not_multipart")
        }
        #expect(throws: Failure.self) { try FormParser(contentType: nil) }
        for boundary in ["", "\"\"", "a\u{e9}", "\"a \"", String(repeating: "a", count: 71), "a%b"] {
            #expect(Self.reason("", type: "multipart/form-data; boundary=\(boundary)").contains("has no boundary"))
        }
        #expect(Self.reason("", type: "multipart/form-data").contains("has no boundary"))
    }

    @Test func `a body that is cut is refused, wherever it is cut`() {
        let body = Array(Self.named("name=a").utf8)
        for count in 0..<(body.count - 2) {
            let cut = String(decoding: body.prefix(count), as: UTF8.self)
            #expect(Self.reason(cut).contains("ends before its last boundary"), "\(count)")
        }
    }

    @Test(arguments: [
        ("--xYzz\r\n", "followed by something else"), ("--xYz\n", "followed by something else"),
        ("--xYz\r\r\n", "followed by something else"), ("--xYz-\r\n", "followed by something else"),
        ("--xYz" + String(repeating: " ", count: 65), "line is too long"),
        ("--xYz\r\n\r\nx\r\n--xYz--", "no Content-Disposition"),
        (head("Content-Disposition: attachment; name=a"), "not form-data with a name"),
        (head("Content-Disposition: form-data; filename=a"), "not form-data with a name"),
        (head("Content-Disposition: form-data; name=\"a"), "never ends"),
        (head("Content-Disposition: form-data; name=\"a\"b"), "goes on after"),
        (head("Content-Disposition: form-data; name=a; name=b"), "name twice"),
        (head("Content-Disposition: form-data; name=a; =b"), "without a name"),
        (head("Content-Disposition: form-data; name=a; b"), "without a name"),
        (head("Content-Disposition: form-data; name=a; filename*=UTF-8''%E2%82"), "filename*"),
        (head("Content-Disposition: form-data; name=a; filename*=UTF-16''a"), "filename*"),
        (head("Content-Disposition: form-data; name=a; filename*=UTF-8''%4"), "filename*"),
        (head("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b"), "twice"),
        (head("Content-Disposition: form-data;\r\n name=a"), "no header field"),
        (head("Content-Disposition: form-data; name=a\nX: y"), "no header field"),
        (head("Content-Disposition : form-data; name=a"), "no header field"),
        (head("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64"), "send it as it is"),
        (
            head("Content-Disposition: form-data; name=a\r\nContent-Type: multipart/mixed; boundary=b"),
            "parts of its own"
        ),
        (head("X: " + String(repeating: "y", count: FormParser.headBytesMax)), "more than 8192 bytes"),
        ("--xYz\r\nX: " + String(repeating: "y", count: FormParser.headBytesMax), "more than 8192 bytes"),
        (head((0...16).map { "X\($0): y" }.joined(separator: "\r\n")), "more than 16"),
        (String(repeating: head("Content-Disposition: form-data; name=a") + "\r\n", count: 65), "more than 64 parts"),
    ])
    func `what is not plain is refused`(body: String, reason: String) {
        #expect(Self.reason(body).contains(reason))
    }

    @Test func `header fields that are not UTF-8 are refused`() {
        let body =
            Array(#"--xYz"#.utf8) + [13, 10] + Array("Content-Disposition: form-data; name=".utf8) + [
                0xe9, 13, 10, 13, 10,
            ]
        let failure = #expect(throws: Failure.self) { try Self.parts(body) }
        #expect(failure?.message.contains("UTF-8") == true)
    }

    // MARK: Pieces

    @Test func `however a body is cut in pieces, its parts are the same`() throws {
        for seed in UInt64(1)...300 {
            var dice = Dice(seed: seed)
            let (body, wanted) = Self.form(&dice)
            let whole = try Self.parts(body)
            #expect(whole == wanted, "seed \(seed)")
            for _ in 0..<5 {
                let cuts = (0..<dice.roll(40)).map { _ in dice.roll(body.count + 1) }
                #expect(try Self.parts(body, cuts) == whole, "seed \(seed), cuts \(cuts)")
            }
            #expect(try Self.parts(body, Array(0..<body.count)) == whole, "seed \(seed), byte by byte")
        }
    }

    @Test func `no more of a part is kept than could begin a boundary`() throws {
        var parser = try FormParser(contentType: Self.type)
        _ = try parser.read(Self.head("Content-Disposition: form-data; name=a").utf8)
        var handed = 0
        for round in 1...100 {
            for event in try parser.read([UInt8](repeating: 13, count: 10_000)) {
                if case .bytes(let bytes) = event { handed += bytes.count }
            }
            #expect(round * 10_000 - handed < "\r\n--xYz".utf8.count)
        }
    }

    @Test func `whatever comes is read or refused, and whole or cut in pieces the same`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        let scraps = [
            "\r\n", "--xYz", "--", "\r", "\n", "-", "Content-Disposition: form-data; name=a", "; filename=\"", "\"",
            "\r\n\r\n", ":", ";", "=", " ", "\t", "filename*=UTF-8''%", "Content-Type: text/plain", "%22", "\\", "é",
            "\0",
        ]
        for round in 0..<3000 {
            var body = Self.form(&dice).body
            for _ in 0...dice.roll(6) {
                let place = dice.roll(body.count + 1)
                switch dice.roll(4) {
                case 0: body.insert(contentsOf: dice.pick(scraps).utf8, at: place)
                case 1: body.removeSubrange(place..<min(body.count, place + dice.roll(10)))
                case 2: body.insert(UInt8(dice.roll(256)), at: place)
                default: body = Array(body.prefix(place)) + body.suffix(dice.roll(body.count + 1))
                }
            }
            let cuts = (0..<dice.roll(20)).map { _ in dice.roll(body.count + 1) }
            let (whole, cut) = (Result { try Self.parts(body) }, Result { try Self.parts(body, cuts) })
            switch (whole, cut) {
            case (.success(let a), .success(let b)): #expect(a == b, "seed \(seed), round \(round)")
            case (.failure(let a as Failure), .failure(let b as Failure)):
                #expect(a == b && a.code == "request.bad_multipart", "seed \(seed), round \(round)")
            default: Issue.record("\(whole) and \(cut): seed \(seed), round \(round)")
            }
        }
    }

    /// A random form, and its parts. Its contents are full of what almost is a boundary.
    private static func form(_ dice: inout Dice) -> (body: [UInt8], parts: [WholePart]) {
        let scraps = ["\r\n--xY", "\r\n-", "\r", "\n", "--xYz", "\r\n\r\n", "a", "\r\r\n--xY", "\0"]
        var body = dice.chance(30) ? Array("preamble\r\n--xY\r\n".utf8) : []
        var parts: [WholePart] = []
        for number in 0..<dice.roll(4) {
            let content = (0..<dice.roll(12)).reduce(into: [UInt8]()) { content, _ in content += dice.pick(scraps).utf8
            }
            // What is a boundary, in the content or at its very beginning, would end it.
            let isPlain = !Data(Array("\r\n".utf8) + content).holds("\r\n--xYz")
            let bytes = isPlain ? content : []
            let isFile = dice.chance(50)
            let file = isFile ? "; filename=\"f\(number)\"\r\nContent-Type: image/gif" : ""
            body += Array("--xYz\r\nContent-Disposition: form-data; name=\"n\(number)\"\(file)\r\n\r\n".utf8) + bytes
            body += Array("\r\n".utf8)
            parts.append(
                WholePart(
                    head: FormPart(
                        name: "n\(number)", fileName: isFile ? "f\(number)" : nil, mediaType: isFile ? "image/gif" : nil
                    ),
                    bytes: bytes))
        }
        return (body + Array("--xYz--\r\n".utf8) + Array(dice.pick(["", "epilogue", "\r\n--xYz\r\n"]).utf8), parts)
    }
}

extension Data {
    fileprivate func holds(_ text: String) -> Bool { firstRange(of: Data(text.utf8)) != nil }
}
