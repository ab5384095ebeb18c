import Foundation
import Journal
import Primitives
import Testing

@Suite struct PictureSizeTests {
    @Test(arguments: [
        ("chart.png", 480, 270, 1), ("texts.png", 48, 24, 1), ("photo.jpg", 48, 24, 1),
        ("photo_progressive.jpg", 48, 24, 1), ("photo_turned.jpg", 24, 48, 1), ("moving.gif", 48, 24, 2),
        ("photo.webp", 48, 24, 1), ("lossless.webp", 48, 24, 1), ("moving.webp", 48, 24, 2),
    ])
    func `a picture is as large as it is shown, before and after it was cleaned`(
        name: String, width: Int, height: Int, frameCount: Int
    ) throws {
        let bytes = Array(try Fixture.data("images/\(name)"))
        let format = try #require(ImageFormat(sniffing: bytes))
        for size in [PictureSize(format, bytes), try CleanImage(bytes).size()] {
            let size = try #require(size)
            #expect(size.width == width && size.height == height && size.frameCount == frameCount)
        }
    }

    @Test func `a bomb is known by its head`() throws {
        let bytes = Array(try Fixture.data("images/bomb.png"))
        let failure = #expect(throws: Failure.self) { try CleanImage(bytes).size() }
        #expect(failure?.code == "image.too_many_pixels")
        #expect(PictureSize(.png, Array(bytes.prefix(64)))?.width == 7200)
    }

    @Test func `so is one that is larger than numbers go, or moves for ever`() {
        func png(_ width: UInt32, _ height: UInt32, frames: UInt32) -> [UInt8] {
            func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
            func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
                big(UInt32(data.count)) + Array(name.utf8) + data + [0, 0, 0, 0]
            }
            return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
                + chunk("IHDR", big(width) + big(height) + [8, 2, 0, 0, 0]) + chunk("acTL", big(frames) + big(0))
                + chunk("IDAT", [1]) + chunk("IEND", [])
        }
        for (width, height, frames) in [
            (UInt32.max, UInt32.max, UInt32.max), (UInt32.max, 1, 1), (7072, 7072, 1), (100, 100, 1001),
            (7000, 7000, 21), (10_000, 1000, 1000),
        ] as [(UInt32, UInt32, UInt32)] {
            let failure = #expect(throws: Failure.self) { try CleanImage(png(width, height, frames: frames)).size() }
            #expect(failure?.code == "image.too_many_pixels", "\(width) \(height) \(frames)")
        }
        #expect((try? CleanImage(png(7071, 7071, frames: 20)).size()) != nil)
        #expect((try? CleanImage(png(0, 5, frames: 1)).size()) == nil)
    }

    @Test func `a GIF is as large as its farthest frame`() throws {
        let head = Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0]
        let frame: [UInt8] = [0x2c, 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 1, 0, 0]
        let size = try #require(PictureSize(.gif, head + frame + [0x3b]))
        #expect(size.width == 131_070 && size.height == 65_535)
        #expect(throws: Failure.self) { try size.check() }
    }

    @Test(arguments: [0, 1] as [UInt8]) func `a JPEG with a segment shorter than its own length has no size`(
        length: UInt8
    ) {
        for marker in [0xe1, 0xfe, 0xdb, 0xc4] as [UInt8] {
            let head: [UInt8] = [0xff, 0xd8, 0xff, marker, 0, length] + [UInt8](repeating: 0, count: 64)
            #expect(PictureSize(.jpeg, head) == nil)
        }
    }

    @Test func `whatever is cut off or garbled has a size or none, and never crashes`() throws {
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for name in ["texts.png", "photo_turned.jpg", "moving.gif", "moving.webp", "photo.webp", "lossless.webp"] {
            let bytes = Array(try Fixture.data("images/\(name)"))
            let format = try #require(ImageFormat(sniffing: bytes))
            for length in 0..<bytes.count { _ = PictureSize(format, Array(bytes.prefix(length))) }
            for _ in 0..<3000 {
                var garbled = bytes
                for _ in 0...next(4) { garbled[next(min(garbled.count, 120))] = UInt8(next(256)) }
                _ = PictureSize(format, garbled)
            }
        }
    }
}
