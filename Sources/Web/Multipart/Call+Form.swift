import Primitives

/// How much of a form is taken.
package struct FormLimits: Hashable, Sendable {
    /// Of each file.
    package let fileBytesMax: Int
    /// Of each field that is no file.
    package let textBytesMax: Int
    /// What boundaries, header fields and texts may add to the files.
    private static let restBytesMax = 256 << 10

    package init(fileBytesMax: Int, textBytesMax: Int = 4096) {
        self.fileBytesMax = fileBytesMax
        self.textBytesMax = textBytesMax
    }

    var bodyBytesMax: Int { fileBytesMax + Self.restBytesMax }
}

/// The fields of a form that are no files.
package struct FormTexts: Sendable {
    private var texts: [String: String] = [:]

    package subscript(_ name: String) -> String? { texts[name] }

    fileprivate mutating func add(_ name: String, _ bytes: [UInt8]) throws(Failure) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .badMultipart("the field \"\(name)\" is not UTF-8")
        }
        guard texts.updateValue(text, forKey: name) == nil else {
            throw .badMultipart("the field \"\(name)\" is there twice")
        }
    }
}

extension Call {
    /// Reads a form as it comes. The bytes of files are handed out in pieces; what other fields say is returned in the
    /// end, because they may stand anywhere.
    ///
    /// Files in fields of other names are passed over.
    ///
    /// - Parameters:
    ///   - files: the names of the fields that are files.
    ///   - receive: is told of each file by `part`, `bytes` and `end`.
    /// - Throws: `request.not_multipart`, `request.bad_multipart`, `request.too_large`, `request.too_slow`; what
    ///   `receive` throws.
    package func multipart(
        files: Set<String>, _ limits: FormLimits, _ receive: (FormEvent) async throws -> Void
    ) async throws -> FormTexts {
        var parser = try FormParser(contentType: header("content-type"))
        if let count = bodyCount, count > Int64(limits.bodyBytesMax) {
            throw Failure.requestTooLarge(limits.bodyBytesMax)
        }
        var reader = FormReader(files: files, limits)
        var bodyBytes = 0
        try await eachPiece { piece in
            bodyBytes += piece.count
            guard bodyBytes <= limits.bodyBytesMax else { throw Failure.requestTooLarge(limits.bodyBytesMax) }
            for event in try parser.read(piece) where try reader.isForFile(event) { try await receive(event) }
        }
        try parser.finish()
        return reader.texts
    }
}

/// Sorts what a form says into files and texts, and counts both.
private struct FormReader {
    private enum Target {
        case file, text(String), nobody
    }

    private let files: Set<String>
    private let limits: FormLimits
    private var target = Target.nobody
    private var text: [UInt8] = []
    private var count = 0
    private(set) var texts = FormTexts()

    init(files: Set<String>, _ limits: FormLimits) {
        self.files = files
        self.limits = limits
    }

    /// - Throws: `request.bad_multipart`, `request.too_large`.
    mutating func isForFile(_ event: FormEvent) throws(Failure) -> Bool {
        switch event {
        case .part(let part):
            target = files.contains(part.name) ? .file : part.fileName == nil ? .text(part.name) : .nobody
            (text, count) = ([], 0)
        case .bytes(let bytes): try add(bytes)
        case .end:
            if case .text(let name) = target { try texts.add(name, text) }
        }
        if case .file = target { return true }
        return false
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) throws(Failure) {
        count += bytes.count
        switch target {
        case .file:
            guard count <= limits.fileBytesMax else { throw .requestFileTooLarge(limits.fileBytesMax) }
        case .text(let name):
            guard count <= limits.textBytesMax else { throw .requestFieldTooLarge(name, limits.textBytesMax) }
            text += bytes
        case .nobody: break
        }
    }
}

extension Failure {
    static func requestFileTooLarge(_ bytesMax: Int) -> Failure {
        Failure(.tooLarge, "request.too_large", "A file may have \(bytesMax) bytes here.")
    }

    static func requestFieldTooLarge(_ name: String, _ bytesMax: Int) -> Failure {
        Failure(.tooLarge, "request.too_large", "The field \"\(name)\" may have \(bytesMax) bytes.")
    }
}
