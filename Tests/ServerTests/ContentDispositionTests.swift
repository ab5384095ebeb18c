import Foundation
import Testing
import Web

@Suite struct ContentDispositionTests {
    @Test(arguments: [
        ("chart.png", "chart.png"), ("../../etc/passwd", "_.._etc_passwd"), ("..", "file"), ("...", "file"),
        ("", "file"), ("  ", "file"), (".bashrc", "bashrc"), ("a\\..\\b.exe", "a_.._b.exe"), ("C:evil", "C_evil"),
        ("a\u{202E}gnp.exe", "agnp.exe"), ("\u{2066}a\u{2069}.png", "a.png"),
        ("a\r\nSet-Cookie: b=c", "aSet-Cookie_ b=c"),
        ("a\u{0}b.png", "ab.png"), ("a\u{2028}b\u{2029}c", "abc"), ("a\u{2044}b\u{2215}c\u{FF0F}d", "a_b_c_d"),
        ("a\"b;c=d", "a_b;c=d"), ("name. ", "name"), ("größe é.gif", "größe é.gif"), ("日本.png", "日本.png"),
        ("100%.png", "100%.png"),
    ]) func `a name is one name, and looks like what it is`(given: String, name: String) {
        #expect(ContentDisposition(.attachment, name: given).name == name)
    }

    @Test func `a name that is too long keeps its ending`() {
        let long = ContentDisposition(.inline, name: String(repeating: "ä", count: 500) + ".jpeg").name
        #expect(long.hasSuffix("ä.jpeg"))
        #expect(long.utf8.count <= ContentDisposition.nameBytesMax)
        let ending = ContentDisposition(.inline, name: "a." + String(repeating: "b", count: 500)).name
        #expect(ending.utf8.count == ContentDisposition.nameBytesMax)
        // One letter may have any number of marks.
        let marks = ContentDisposition(.inline, name: "a" + String(repeating: "\u{301}", count: 500)).name
        #expect(marks == "file")
    }

    @Test func `the field says it in ASCII, and in UTF-8 where that is not enough`() {
        #expect(ContentDisposition(.inline, name: "a.gif").text == "inline; filename=\"a.gif\"")
        #expect(
            ContentDisposition(.attachment, name: "ü 1%.gif").text
                == "attachment; filename=\"_ 1_.gif\"; filename*=UTF-8''%C3%BC%201%25.gif")
        for number in UInt32(0)...0x2FFF {
            guard let scalar = Unicode.Scalar(number) else { continue }
            let text = ContentDisposition(.inline, name: "a\(Character(scalar))b").text
            #expect(text.utf8.allSatisfy { (32...126).contains($0) }, "\(number)")
            #expect(text.filter { $0 == "\"" }.count == 2, "\(number)")
            #expect(!text.contains("/"), "\(number)")
            #expect(!text.contains("\\"), "\(number)")
        }
    }

    @Test func `a picture that a device sent under a path is saved under a name`() async throws {
        try await withServer { server in
            let session = try Wallet().session(at: server)
            let image = try server.upload(Picture.gif(3), session, called: "..%2f../../x\u{202E}y.gif").json
            let id = try #require(image["id"] as? String)
            let field = try server.get("/images/\(id)", session)["content-disposition"] ?? ""
            #expect(field.hasPrefix("inline; filename="))
            #expect(!field.contains("/"))
            #expect(!field.contains("%E2%80%AE"))
        }
    }
}
