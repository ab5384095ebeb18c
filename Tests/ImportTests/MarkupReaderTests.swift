import Foundation
import Journal
import Testing
import TestSupport

@Suite struct MarkupReaderTests {
    /// All that is read, a line each: `2 <td title=a`, `2 "text"`, `3 >td`, `3 >td at the end`; and why it went no further.
    private func shown(
        _ form: MarkupReader.Form, _ bytes: [UInt8], pieceBytes: Int = MarkupReader.pieceBytes,
        size: @escaping () -> Int = { 64 * 1024 }
    ) -> [String] {
        let reader = MarkupReader(form, pieceBytes: pieceBytes)
        let next = chunks(bytes, size)
        var lines: [String] = []
        while let event = reader.next(from: next) {
            switch event {
            case .open(let name, let attributes):
                let pairs = attributes.map { " \($0.name)=\($0.value)" }.joined()
                lines.append("\(reader.line) <\(name)\(pairs)")
            case .text(let text):
                lines.append("\(reader.line) \(String(decoding: text, as: UTF8.self).debugDescription)")
            case .close(let name): lines.append("\(reader.line) >\(name)\(reader.isBeforeEnd ? "" : " at the end")")
            }
        }
        return lines + (reader.problem.map { [$0] } ?? [])
    }

    private func shown(_ form: MarkupReader.Form, _ text: String) -> [String] { shown(form, Array(text.utf8)) }

    private static let xml = """
        \u{feff}<?xml version="1.0" encoding="UTF-16"?>
        <x:a xmlns:x="u" x:b='1 &amp; 2 &gt;' c="ä&#228;"><!-- > -->t&lt;<![CDATA[<q>&amp;]]>
         &#65;<x:d/></x:a>
        """

    private static let html = """
        \u{feff}<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">
        <html><head><meta http-equiv=Content-Type content="text/html; charset=iso-8859-1">
        <title>ä &amp; b</title><SCRIPT>if (a<b) { x('</td>') }</SCRIPT ><style><!-- td { } --></style></head>
        <body><TABLE><tr BGCOLOR=#fff nowrap><td>1&nbsp;234<td title="a > b">x<br>y<!-- <td> -->z
        <tr><td>&euro; \u{1}< 5</table><p>end
        """

    @Test func `XML comes as elements, their attributes and their text, without prefixes, references and comments`() {
        #expect(
            shown(.xml, Self.xml) == [
                "2 <a b=1 & 2 > c=ää", "3 \"t<<q>&amp;\\n A\"", "3 <d", "3 >d", "3 >a",
            ])
    }

    @Test func `HTML comes as a browser reads it, with the ends that it leaves out, and without scripts and styles`() {
        #expect(
            shown(.html, Self.html) == [
                "2 <html", "2 <head", "2 <meta http-equiv=Content-Type content=text/html; charset=iso-8859-1",
                "2 >meta", "3 \"\\n\"", "3 <title", "3 \"ä & b\"", "3 >title", "3 >head", "4 \"\\n\"", "4 <body",
                "4 <table", "4 <tr bgcolor=#fff nowrap=", "4 <td", "4 \"1\u{a0}234\"", "4 >td", "4 <td title=a > b",
                "4 \"x\"", "4 <br", "4 >br", "5 \"yz\\n\"", "5 >td", "5 >tr", "5 <tr", "5 <td",
                "5 \"€ \u{fffd}< 5\"", "5 >td", "5 >tr", "5 >table", "5 <p", "5 \"end\"", "5 >p at the end",
                "5 >body at the end", "5 >html at the end",
            ])
    }

    @Test(arguments: [MarkupReader.Form.xml, .html])
    func `chunks and pieces of any size make no difference`(form: MarkupReader.Form) {
        let bytes = Array((form == .xml ? Self.xml : Self.html).utf8)
        let whole = shown(form, bytes)
        #expect(whole.count > 4)
        for size in 1...bytes.count {
            #expect(shown(form, bytes, size: { size }) == whole, "chunks of \(size)")
            #expect(shown(form, bytes, pieceBytes: size, size: { 7 }) == whole, "pieces of \(size)")
        }
    }

    @Test func `what is no UTF-8 and no character is replaced`() {
        let bytes = Array("<a b='".utf8) + [0xff] + Array("'>".utf8) + [0xc3, 0x00, 0x0b] + Array("</a>".utf8)
        let expected = ["1 <a b=\u{fffd}", "1 \"\u{fffd}\u{fffd}\u{fffd}\"", "1 >a"]
        #expect(shown(.xml, bytes) == expected)
        #expect(shown(.html, bytes).dropFirst(2).prefix(3) == expected[...])
    }

    @Test func `text that is damaged says from which line on, after what is good`() {
        #expect(
            shown(.xml, "<a>\n<b/>\n<c></a>") == [
                "1 <a", "2 \"\\n\"", "2 <b", "2 >b", "3 \"\\n\"", "3 <c",
                "From line 3 on it is no well-formed XML: perhaps the file is damaged or cut off.",
            ])
        #expect(
            shown(.xml, "").last == "From line 1 on it is no well-formed XML: perhaps the file is damaged or cut off.")
        #expect(
            shown(.html, "<b>c<a").suffix(4).prefix(2) == ["1 >a at the end", "1 >b at the end"])
        #expect(shown(.html, "<html><p>a</body></html>b</p>").contains("1 \"ab\""))
        #expect(shown(.html, "<p>a<!-- b").last == "Its last comment has no end: perhaps the file is cut off.")
        #expect(shown(.html, "<p>a<script>b</p>").last == "Its last script has no end: perhaps the file is cut off.")
    }

    @Test func `entities of a text's own are never read, nor is anything outside of it`() {
        let bomb = """
            <?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>
            """
        let refusal = "Line 1 declares a document type, and XML with one is not read."
        #expect(shown(.xml, bomb) == [refusal])
        #expect(shown(.xml, "<!DOCTYPE a SYSTEM \"file:///etc/hostname\"><a/>") == [refusal])
        #expect(shown(.xml, "<a>&b;</a>").count == 2)
        #expect(shown(.html, "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><p>&b;").contains("1 \"&b;\""))
    }

    @Test func `depth, attributes, texts and tags are bounded`() {
        func last(_ form: MarkupReader.Form, _ text: String) -> String { shown(form, text).last ?? "" }
        let deep = String(repeating: "<b>", count: MarkupReader.depthMax + 1)
        #expect(last(.html, deep) == "Line 1 has more than 256 elements within each other.")
        #expect(last(.xml, deep).contains("Line 1 has more than 256 elements within each other.") == true)
        let value = String(repeating: "v", count: MarkupReader.attributeBytesMax)
        #expect(last(.html, "<b a='\(value)'>") == "An element in line 1 has more than 64 KiB of attributes.")
        #expect(last(.xml, "\n<b a='\(value)'/>") == "An element in line 2 has more than 64 KiB of attributes.")
        #expect(last(.xml, "<b a='\(value.dropLast())'/>") == "1 >b")
        let text = String(repeating: "v", count: MarkupReader.textBytesMax)
        #expect(last(.xml, "<b>\(text)</b>") == "1 >b")
        #expect(last(.xml, "<b>\(text)v</b>") == "A text in line 1 is longer than 256 KiB.")
        #expect(last(.html, "<b>\(text)v</b>") == "A text in line 1 is longer than 256 KiB.")
        let endless = String(repeating: "v", count: MarkupReader.waitingBytesMax + 1)
        #expect(last(.html, "<b " + endless) == "In line 1 no tag ends within 1 MiB.")
        #expect(last(.xml, "<b " + endless) == "In line 1 no tag ends within 1 MiB.")
    }

    @Test func `what is read is as long as it likes, in bounded pieces`() {
        let reader = MarkupReader(.html)
        let row = Array("<tr>\n<td title=\"a > b\">1<td>2</tr>".utf8)
        var (count, chunk) = (0, [UInt8]())
        for _ in 0..<100 { chunk += row }
        for _ in 0..<200 {
            reader.feed(chunk)
            while let event = reader.next() { if case .open("td", _) = event { count += 1 } }
        }
        #expect(count > 39_000)
        #expect(reader.line > 19_000)
        reader.finish()
        while let event = reader.next() { if case .open("td", _) = event { count += 1 } }
        #expect(count == 40_000)
        #expect(reader.problem == nil)
    }

    @Test func `nothing is written to the terminal about what is wrong with a text`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "markup-\(UUID().uuidString)").path
        let before = dup(STDERR_FILENO)
        let file = open(path, O_CREAT | O_RDWR, 0o600)
        #expect(file >= 0)
        dup2(file, STDERR_FILENO)
        for form in [MarkupReader.Form.xml, .html] { _ = shown(form, "<a b=c b=d x:y='1'>&nothing; </b> <a <") }
        fflush(nil)
        dup2(before, STDERR_FILENO)
        close(before)
        close(file)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "")
    }

    /// `FUZZ_SEED=7 FUZZ_ROUNDS=100000 swift test --filter MarkupReaderTests` runs from another seed, and longer.
    @Test func `whatever comes is taken apart in order, or refused, and chunks make no difference`() {
        let environment = ProcessInfo.processInfo.environment
        let rounds = environment["FUZZ_ROUNDS"].flatMap { UInt64($0) } ?? 300
        let first = environment["FUZZ_SEED"].flatMap { UInt64($0) }
        let fresh = UInt64.random(in: 1 << 32..<1 << 48)
        let seeds = Array((first ?? 1)..<(first ?? 1) + rounds) + (first == nil ? Array(fresh..<fresh + 60) : [])
        let spice = [
            "<", ">", "</", "<td>", "</td>", "<tr>", "</tr>", "<table>", "</table>", "&", "&amp;", "&#0;", "&#x110000;",
            "&nbsp;", "<!--", "-->", "<script>", "</script>", "<style>", "<![CDATA[", "]]>", "<?", "?>", "\"", "'", "=",
            "<!DOCTYPE a>", "\0", "\r\n", "\u{fffe}", "ä", "x:y", "<p", "<a b=\"", "colspan=99999", "<b><i></b></i>",
        ].map { Array($0.utf8) }
        for seed in seeds {
            var dice = Dice(seed: seed)
            let form: MarkupReader.Form = dice.chance(50) ? .xml : .html
            var bytes = Array((form == .xml ? Self.xml : Self.html).utf8)
            for _ in 0..<dice.roll(12) where !bytes.isEmpty {
                let at = dice.roll(bytes.count)
                let to = min(bytes.count, at + dice.roll(40))
                switch dice.roll(5) {
                case 0: bytes[at] = UInt8(dice.roll(256))
                case 1: bytes.removeSubrange(at..<to)
                case 2: bytes.insert(contentsOf: bytes[at..<to], at: dice.roll(bytes.count))
                case 3: bytes.removeSubrange(to...)
                default: bytes.insert(contentsOf: dice.pick(spice), at: at)
                }
            }
            let whole = shown(form, bytes)
            var sizes = Dice(seed: ~seed)
            #expect(shown(form, bytes, size: { sizes.roll(50) }) == whole, "FUZZ_SEED=\(seed) FUZZ_ROUNDS=1")
            let isBalanced = MarkupBalance.holds(form, bytes)
            #expect(isBalanced, "FUZZ_SEED=\(seed) FUZZ_ROUNDS=1: an end without its beginning")
        }
    }
}

/// Whether each element ends that began last, and no text follows a text.
private enum MarkupBalance {
    static func holds(_ form: MarkupReader.Form, _ bytes: [UInt8]) -> Bool {
        let reader = MarkupReader(form)
        reader.feed(bytes)
        reader.finish()
        var open: [String] = []
        var wasText = false
        while let event = reader.next() {
            switch event {
            case .open(let name, _): open.append(name)
            case .close(let name): guard open.popLast() == name else { return false }
            case .text(let text): guard !wasText, !text.isEmpty else { return false }
            }
            if case .text = event { wasText = true } else { wasText = false }
        }
        return reader.problem != nil || open.isEmpty
    }
}
