import Foundation

/// How often each byte of each image went over the line.
struct BlobTraffic {
    /// By name: for each byte of the image, how often.
    private(set) var counts: [String: [Int]] = [:]

    /// Reads the uploads and downloads of images out of what went over the line.
    init(_ traffic: [LossyProxy.Traffic], sizes: [String: Int]) {
        counts = sizes.mapValues { Array(repeating: 0, count: $0) }
        for connection in traffic {
            var names: [String] = []
            for message in HTTPMessage.all(in: connection.sent) {
                guard let name = message.blobName else {
                    names.append("")
                    continue
                }
                names.append(message.firstLine.hasPrefix("GET") ? name : "")
                if message.firstLine.hasPrefix("PUT") {
                    count(message, of: name, range: message.fields["content-range"])
                }
            }
            for (message, name) in zip(HTTPMessage.all(in: connection.received), names) where !name.isEmpty {
                count(message, of: name, range: message.fields["content-range"])
            }
        }
    }

    private mutating func count(_ message: HTTPMessage, of name: String, range: String?) {
        let start = range.flatMap { Int($0.dropFirst("bytes ".count).prefix { $0.isNumber }) } ?? 0
        for offset in 0..<message.body.count { counts[name]?[start + offset] += 1 }
    }

    /// Bytes beyond the first time, of all images.
    var repeatedCount: Int { counts.values.joined().reduce(0) { $0 + max(0, $1 - 1) } }
    /// Bytes that went at least once.
    var distinctCount: Int { counts.values.joined().count { $0 > 0 } }
}

/// A request or an answer as it stands on the line; the last one of a connection may be cut short.
struct HTTPMessage {
    let firstLine: String
    let fields: [String: String]
    let body: ArraySlice<UInt8>

    var blobName: String? {
        let parts = firstLine.split(separator: " ")
        guard parts.count > 1, parts[1].contains("/sync/blobs/"), let name = parts[1].split(separator: "/").last else {
            return nil
        }
        return name.count == 64 ? String(name) : nil
    }

    static func all(in bytes: [UInt8]) -> [HTTPMessage] {
        var messages: [HTTPMessage] = []
        var rest = bytes[...]
        while let end = headEnd(rest) {
            let lines = String(decoding: rest[..<end], as: UTF8.self).components(separatedBy: "\r\n")
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
            }
            rest = rest[(end + 4)...]
            let body = rest.prefix(fields["content-length"].flatMap { Int($0) } ?? 0)
            messages.append(HTTPMessage(firstLine: lines[0], fields: fields, body: body))
            rest = rest[body.endIndex...]
        }
        return messages
    }

    private static func headEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
        let mark: [UInt8] = [13, 10, 13, 10]
        return bytes.indices.first { bytes[$0] == 13 && bytes[$0...].starts(with: mark) }
    }
}

/// A picture of noise, which no compression makes smaller.
enum Picture {
    /// A PNG of about so many bytes.
    static func noise(_ byteCount: Int, seed: UInt64) -> Data {
        var state = seed
        var pixels: [UInt8] = []
        let width = 200
        for index in 0..<byteCount {
            if index % (width * 3 + 1) == 0 { pixels.append(0) }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            pixels.append(UInt8(truncatingIfNeeded: state >> 33))
        }
        let height = pixels.count / (width * 3 + 1)
        pixels.removeLast(pixels.count - height * (width * 3 + 1))
        var header = big(UInt32(width)) + big(UInt32(height))
        header += [8, 2, 0, 0, 0]
        let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        return Data(signature + chunk("IHDR", header) + chunk("IDAT", stored(pixels)) + chunk("IEND", []))
    }

    /// Bytes as zlib holds what it does not compress.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(65_535)
            rest = rest.dropFirst(piece.count)
            let count = UInt16(piece.count)
            result += [
                rest.isEmpty ? 1 : 0, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8),
            ]
            result += piece
        }
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return result + big(b << 16 | a)
    }

    private static func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
        let content = Array(name.utf8) + bytes
        return big(UInt32(bytes.count)) + content + big(crc(content))
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xffff_ffff
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return ~crc
    }

    private static func big(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }
}
