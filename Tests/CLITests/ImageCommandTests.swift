import Foundation
import Testing

@Suite struct ImageCommandTests {
    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        [0, 0, 0, UInt8(data.count)] + Array(name.utf8) + data + [1, 2, 3, 4]
    }

    private static func png(_ pixel: UInt8 = 7, text: String? = nil) -> [UInt8] {
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", Array(repeating: 1, count: 13))
            + (text.map { chunk("tEXt", Array($0.utf8)) } ?? []) + chunk("IDAT", [pixel]) + chunk("IEND", [])
    }

    @Test func `a picture goes in without its secrets and comes out again`() throws {
        let daybook = try Daybook()
        try daybook.ask("trade", "add", "AAPL", "long", "--qty", "1", "--entry", "1")
        try daybook.file("chart.png", Self.png(text: "GPS 52.52 13.40"))
        let image = try daybook.ask("image", "add", "chart.png", "--trade", "last", "--caption", "The breakout")
        let id = image["id"].text ?? ""
        #expect(image["media_type"].text == "image/png")
        #expect(try daybook.ask("trade", "show", "last")["images"][0]["caption"].text == "The breakout")
        #expect(try daybook.run("image", "get", id, "-o", "out.png").status == 0)
        #expect(daybook.contents("out.png") == Self.png())
        #expect(try daybook.run("image", "get", id, "-o", "out.png").code == "file.exists")
        #expect(try daybook.run("image", "get", id, "-o", "out.png", "--force").status == 0)
        let list = try daybook.ask("image", "list")
        #expect(list[0]["trades"].list.count == 1)
        #expect(try daybook.run("image", "list").output.contains("The breakout"))
    }

    @Test func `a picture is replaced in place`() throws {
        let daybook = try Daybook()
        try daybook.ask("entry", "add", "--title", "Day")
        try daybook.file("a.png", Self.png(1))
        try daybook.file("b.png", Self.png(2))
        let first = try daybook.ask("image", "add", "a.png", "--entry", "last")
        let second = try daybook.ask("image", "replace", first["id"].text ?? "", "b.png")
        #expect(second["id"].text == first["id"].text)
        #expect(second["sha256"].text != first["sha256"].text)
        #expect(try daybook.ask("entry", "show", "last")["images"][0]["name"].text == "b.png")
        try daybook.run("image", "get", "last", "-o", "out.png")
        #expect(daybook.contents("out.png") == Self.png(2))
        #expect(try daybook.run("image", "delete", "last").status == 0)
        #expect(try daybook.ask("image", "list").list.isEmpty)
    }

    @Test func `twenty names for one picture take its space once`() throws {
        let daybook = try Daybook()
        for number in 0..<20 {
            try daybook.file("chart-\(number).png", Self.png())
            try daybook.ask("image", "add", "chart-\(number).png")
        }
        #expect(try daybook.ask("image", "list").list.count == 20)
        let blobs = FileManager.default.enumerator(atPath: daybook.directory + "/journal/blobs")?
            .compactMap { $0 as? String }.filter { $0.contains("/") }
        #expect(blobs?.count == 1)
    }

    @Test func `what is no picture is refused`() throws {
        let daybook = try Daybook()
        try daybook.file("chart.png", "<html>")
        #expect(try daybook.run("image", "add", "chart.png").code == "image.unknown_format")
        try daybook.file("cut.png", Array(Self.png().dropLast(5)))
        #expect(try daybook.run("image", "add", "cut.png").code == "image.damaged")
        try daybook.file("empty.png", [])
        #expect(try daybook.run("image", "add", "empty.png").code == "image.empty")
        try daybook.file("big.png", Self.png() + Array(repeating: 0, count: 6 << 20))
        #expect(try daybook.run("image", "add", "big.png").code == "image.too_large")
        #expect(try daybook.run("image", "add", "none.png").code == "file.not_found")
        #expect(try daybook.run("image", "add", ".").code == "file.not_found")
        #expect(try daybook.run("image", "get", "last").code == "image.not_found")
        #expect(try daybook.ask("image", "list").list.isEmpty)
    }
}
