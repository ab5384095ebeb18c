import Journal
import Primitives
import Testing

@Suite struct CleanImageTests {
    // MARK: Pictures with secrets, built by hand

    private static let secret = Array("GPS 52.5200 N 13.4050 E".utf8)

    private static func big(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
    private static func little(_ value: Int) -> [UInt8] { big(value).reversed() }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        big(data.count) + Array(name.utf8) + data + [1, 2, 3, 4]
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    private static func png(_ extra: [UInt8] = [], tail: [UInt8] = []) -> [UInt8] {
        signature + chunk("IHDR", Array(repeating: 1, count: 13)) + chunk("gAMA", [0, 0, 1, 2]) + extra
            + chunk("IDAT", [9, 8, 7]) + chunk("IEND", []) + tail
    }

    private static func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
        [0xff, marker, UInt8((data.count + 2) >> 8), UInt8((data.count + 2) & 255)] + data
    }

    private static let pixels: [UInt8] =
        segment(0xda, [1, 1, 0, 0, 63, 0]) + [0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]

    private static func jpeg(_ extra: [UInt8] = [], tail: [UInt8] = []) -> [UInt8] {
        [0xff, 0xd8] + segment(0xe0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]) + extra
            + segment(0xdb, Array(repeating: 3, count: 65)) + pixels + segment(0xc4, [5, 5]) + pixels + [0xff, 0xd9]
            + tail
    }

    private static func exif(orientation: UInt8?) -> [UInt8] {
        let entry: [UInt8] = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation ?? 1, 0, 0, 0]
        let tiff = Array("II*\0".utf8) + little(8) + [1, 0] + entry + little(0) + secret
        return segment(0xe1, Array("Exif\0\0".utf8) + tiff)
    }

    private static func riff(_ chunks: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + little(chunks.count + 4) + Array("WEBP".utf8) + chunks
    }

    private static func riffChunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        Array(name.utf8) + little(data.count) + data + (data.count % 2 == 1 ? [0] : [])
    }

    private static func gif(_ extra: [UInt8] = [], tail: [UInt8] = []) -> [UInt8] {
        Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + [0, 0, 0, 255, 255, 255] + extra
            + [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b] + tail
    }

    private static func holdsSecret(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: secret) }
    }

    // MARK: Tests

    @Test func `a PNG loses texts, times and EXIF, and whatever stands behind its end`() throws {
        let dirty = Self.png(
            ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "prVt"].flatMap { Self.chunk($0, Self.secret) }, tail: Self.secret)
        let clean = try CleanImage(dirty)
        #expect(clean.format == .png)
        #expect(clean.bytes == Self.png())
    }

    @Test func `a JPEG loses EXIF, XMP, Photoshop's notes, comments and appended pictures`() throws {
        let extra =
            [UInt8](0xe1...0xef).flatMap { Self.segment($0, Self.secret) } + Self.segment(0xfe, Self.secret)
            + Self.exif(orientation: nil)
        let clean = try CleanImage(Self.jpeg(extra, tail: Self.jpeg(Self.exif(orientation: nil))))
        #expect(clean.format == .jpeg)
        #expect(clean.bytes == Self.jpeg())
    }

    @Test func `a JPEG keeps its colour profile`() throws {
        let profile = Self.segment(0xe2, Array("ICC_PROFILE\0".utf8) + [1, 1, 7])
        #expect(try CleanImage(Self.jpeg(profile)).bytes == Self.jpeg(profile))
    }

    @Test func `a JPEG keeps which way up it is, and nothing else of its EXIF data`() throws {
        let clean = try CleanImage(Self.jpeg(Self.exif(orientation: 6)))
        #expect(!Self.holdsSecret(clean.bytes))
        #expect(clean.bytes.count == Self.jpeg().count + 36)
        #expect(try CleanImage(clean.bytes).bytes == clean.bytes)
    }

    @Test func `a WebP loses EXIF and XMP, and says so`() throws {
        let picture = Self.riffChunk("VP8 ", [1, 2, 3])
        let head: [UInt8] = [0, 0, 0, 1, 0, 0, 1, 0, 0]
        let dirty = Self.riff(
            Self.riffChunk("VP8X", [0x0c | 0x10] + head) + picture + Self.riffChunk("EXIF", Self.secret)
                + Self.riffChunk("XMP ", Self.secret) + Self.riffChunk("junk", Self.secret))
        let clean = try CleanImage(dirty)
        #expect(clean.format == .webp)
        #expect(clean.bytes == Self.riff(Self.riffChunk("VP8X", [0x10] + head) + picture))
    }

    @Test func `a moving WebP loses what is hidden in its frames`() throws {
        let head = [UInt8](repeating: 0, count: 16)
        let picture = Self.riffChunk("ALPH", [1]) + Self.riffChunk("VP8 ", [1, 2, 3])
        let screen =
            Self.riffChunk("VP8X", [0x02, 0, 0, 0, 1, 0, 0, 1, 0, 0]) + Self.riffChunk("ANIM", [0, 0, 0, 0, 0, 0])
        let dirty = Self.riff(screen + Self.riffChunk("ANMF", head + Self.riffChunk("note", Self.secret) + picture))
        #expect(try CleanImage(dirty).bytes == Self.riff(screen + Self.riffChunk("ANMF", head + picture)))
    }

    @Test func `the small picture in a JPEG and what hangs on its colours are gone`() throws {
        let small = Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 1, 1] + Self.secret
        let colors = Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1]
        let dirty =
            [0xff, 0xd8] + Self.segment(0xe0, small) + Self.segment(0xee, colors + Self.secret)
            + Self.jpeg().dropFirst(20)
        #expect(try CleanImage(dirty).bytes == Self.jpeg(Self.segment(0xee, colors)))
    }

    @Test func `a PNG loses chunks that nobody knows, whatever they say of themselves`() throws {
        #expect(try CleanImage(Self.png(Self.chunk("NOTE", Self.secret))).bytes == Self.png())
    }

    @Test func `a GIF loses comments and XMP, and keeps how often it loops`() throws {
        let comment: [UInt8] = [0x21, 0xfe, UInt8(Self.secret.count)] + Self.secret + [0]
        let xmp: [UInt8] =
            [0x21, 0xff, 11] + Array("XMP DataXMP".utf8) + [UInt8(Self.secret.count)] + Self.secret + [0]
        let loop: [UInt8] = [0x21, 0xff, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
        let clean = try CleanImage(Self.gif(comment + loop + xmp, tail: Self.secret))
        #expect(clean.format == .gif)
        #expect(clean.bytes == Self.gif(loop))
    }

    @Test func `a clean picture stays as it is`() throws {
        for picture in [Self.png(), Self.jpeg(), Self.riff(Self.riffChunk("VP8L", [1, 2])), Self.gif()] {
            #expect(try CleanImage(picture).bytes == picture)
        }
    }

    @Test func `a name proves nothing`() {
        for (bytes, code) in [
            (Array("<svg onload=alert(1)>".utf8), "image.unknown_format"), ([], "image.empty"),
            (Self.png() + Array(repeating: 0, count: 5 << 20), "image.too_large"),
            ([0xff, 0xd8, 0xff], "image.damaged"),
            (Self.signature, "image.damaged"), (Array("GIF89a".utf8), "image.damaged"),
        ] as [([UInt8], String)] {
            let failure = #expect(throws: Failure.self) { try CleanImage(bytes) }
            #expect(failure?.code == code)
        }
    }

    @Test func `whatever is cut off or garbled is refused or clean, and never a crash`() {
        var state: UInt64 = 42
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let webp = Self.riff(Self.riffChunk("VP8 ", [1, 2, 3]) + Self.riffChunk("EXIF", Self.secret))
        let comment: [UInt8] = [0x21, 0xfe, UInt8(Self.secret.count)] + Self.secret + [0]
        for picture in [
            Self.png(Self.chunk("tEXt", Self.secret)), Self.jpeg(Self.exif(orientation: 3)), webp, Self.gif(comment),
        ] {
            for length in 0..<picture.count { _ = try? CleanImage(Array(picture.prefix(length))) }
            var taken = 0
            for _ in 0..<2000 {
                var garbled = picture
                for _ in 0...next(4) { garbled[next(garbled.count)] = UInt8(next(256)) }
                guard let clean = try? CleanImage(garbled) else { continue }
                taken += 1
                #expect((try? CleanImage(clean.bytes))?.bytes == clean.bytes)
            }
            #expect((1..<2000).contains(taken))
        }
    }
}
