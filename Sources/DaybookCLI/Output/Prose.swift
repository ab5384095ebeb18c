import Foundation
import Primitives

/// Long text from wherever a person has it: an argument, a file, a pipe or an editor.
enum Prose {
    static let bytesMax = 256 << 10

    /// - Throws: `text.not_utf8`, `text.too_long`.
    static func standardInput() throws -> String {
        try text(of: FileHandle.standardInput.readToEnd() ?? Data(), "Standard input")
    }

    /// - Throws: `file.not_found`, `text.not_utf8`, `text.too_long`.
    static func file(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.notFound, "file.not_found", "There is no file \(path), or it cannot be read.")
        }
        return try text(of: data, path)
    }

    /// Opens `$VISUAL` or `$EDITOR` on the text.
    ///
    /// - Returns: the text as it was saved, without blank lines at its end.
    /// - Throws: `editor.missing`, `editor.failed`.
    static func edited(_ text: String) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        guard
            let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first(where: { !$0.isEmpty })
        else {
            throw Failure(
                .invalid, "editor.missing", "Set $EDITOR to your editor, or give the text as an argument or on a pipe.")
        }
        let path = NSTemporaryDirectory() + "daybook-\(Hex.encode(World.live.random(8))).md"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            throw Failure(
                .unavailable, "file.unwritable", "Cannot write \(path): check the directory for temporary files.")
        }
        defer { unlink(path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The editor may come with options of its own, so the shell takes it apart.
        process.arguments = ["-c", "\(editor) \"$1\"", "sh", path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                .unavailable, "editor.failed",
                "The editor `\(editor)` ended with \(process.terminationStatus). Nothing was changed.")
        }
        var edited = try file(path)
        while edited.last?.isWhitespace == true { edited.removeLast() }
        return edited
    }

    private static func text(of data: Data, _ source: String) throws(Failure) -> String {
        guard data.count <= bytesMax else {
            throw Failure(
                .tooLarge, "text.too_long", "\(source) has \(data.count) bytes; 256 KiB are allowed. Cut it in two.")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Failure(.invalid, "text.not_utf8", "\(source) is no UTF-8 text. Convert it first.")
        }
        return text
    }
}
