import Foundation
import Testing

/// A form as a browser sends it.
struct Form {
    private static let boundary = "----daybook-test-9f2c"
    private var bytes: [UInt8] = []

    mutating func add(_ name: String, _ text: String) {
        part("name=\"\(name)\"", Array(text.utf8))
    }

    mutating func add(file bytes: [UInt8], as name: String = "file", called fileName: String = "chart.png") {
        let escaped = fileName.replacingOccurrences(of: "\"", with: "%22")
        part("name=\"\(name)\"; filename=\"\(escaped)\"\r\nContent-Type: application/x-lie", bytes)
    }

    private mutating func part(_ parameters: String, _ content: [UInt8]) {
        bytes += Array("--\(Self.boundary)\r\nContent-Disposition: form-data; \(parameters)\r\n\r\n".utf8) + content
        bytes += Array("\r\n".utf8)
    }

    var body: [UInt8] { bytes + Array("--\(Self.boundary)--\r\n".utf8) }
    static let fields = ["Content-Type": "multipart/form-data; boundary=\(boundary)"]
}

extension RunningServer {
    func upload(_ form: Form, _ session: SignedIn) throws -> HTTPAnswer {
        try client().send(
            "POST", "/api/v1/journal/upload", session.bearer.merging(Form.fields) { a, _ in a }, body: form.body)
    }

    func upload(_ bytes: [UInt8], _ session: SignedIn, called name: String = "chart.png") throws -> HTTPAnswer {
        var form = Form()
        form.add(file: bytes, called: name)
        return try upload(form, session)
    }

    func get(_ path: String, _ session: SignedIn, _ fields: [String: String] = [:]) throws -> HTTPAnswer {
        try client().get("/api/v1/journal" + path, session.bearer.merging(fields) { a, _ in a })
    }

    func delete(_ path: String, _ session: SignedIn) throws -> HTTPAnswer {
        try client().send("DELETE", "/api/v1/journal" + path, session.bearer)
    }
}

/// Pictures of `fixtures/images`, and others made on the spot.
enum Picture {
    struct Missing: Error {
        let path: String
    }

    static func file(_ name: String) throws -> [UInt8] {
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        while place.path() != "/" {
            place.deleteLastPathComponent()
            let path = place.appending(path: "fixtures/images/\(name)").path(percentEncoded: false)
            if let data = FileManager.default.contents(atPath: path) { return Array(data) }
        }
        throw Missing(path: name)
    }

    /// A GIF that no other number gives, and at least so large: its palette and its frames say the number.
    static func gif(_ number: Int, bytes count: Int = 0) -> [UInt8] {
        let digits = (0..<3).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        let head = Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0] + digits + [255, 255, 255]
        let frame: [UInt8] = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0]
        // Behind the pixels a frame may have data that nobody reads.
        let filler = [UInt8](repeating: 7, count: 255)
        var long = Array(frame.dropLast())
        while head.count + long.count + 2 < count { long += [255] + filler }
        return head + long + [0, 0x3b]
    }
}

extension [UInt8] {
    func holds(_ text: String) -> Bool { Data(self).firstRange(of: Data(text.utf8)) != nil }
}
