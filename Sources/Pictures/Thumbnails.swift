import Foundation
import Primitives
import Storage
import Sync

/// The small pictures of one person, kept beside the large ones: each can be made again, so nothing is lost with them.
package struct Thumbnails: Sendable {
    /// The sides of the squares they fit into, in pixels: of a list, of a page, of a page on a sharp screen.
    package static let sides = [160, 320, 640]
    /// Made when the picture comes, which also shows that it can be decoded.
    package static let firstSide = 320

    private let directory: String
    private let darkroom: Darkroom
    private let world: World

    /// - Parameter directory: is made when it is missing.
    /// - Throws: `file.unwritable`.
    package init(directory: String, darkroom: Darkroom, world: World) throws(Failure) {
        self.directory = directory
        self.darkroom = darkroom
        self.world = world
        try PrivateFile.createDirectory(directory)
    }

    private func path(of name: BlobName, side: Int) -> String { "\(directory)/\(name)-\(side).webp" }

    /// One that is there already, as WebP.
    package func find(_ name: BlobName, side: Int) -> [UInt8]? {
        FileManager.default.contents(atPath: path(of: name, side: side)).map { Array($0) }
    }

    /// Makes one, and keeps it.
    ///
    /// - Parameter path: of the large picture, which must be there.
    /// - Throws: `image.damaged`, `image.no_decoder`, `image.decoder_failed`.
    package func make(of name: BlobName, at path: String, side: Int) async throws -> [UInt8] {
        try await proof(of: path, side: side).keep(as: name)
        guard let bytes = find(name, side: side) else { throw Failure.imageUndecodable }
        return bytes
    }

    /// Decodes a picture that has no name yet.
    ///
    /// - Returns: its small picture, which is to be kept once the large one has its name, or thrown away.
    /// - Throws: `image.damaged`, `image.no_decoder`, `image.decoder_failed`, `file.unwritable`.
    package func proof(of bytes: [UInt8]) async throws -> Proof {
        let path = "\(directory)/\(Hex.encode(world.random(8))).new"
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else { throw Failure.fileUnwritable(path, errno) }
        defer { unlink(path) }
        return try await proof(of: path, side: Self.firstSide)
    }

    /// Forgets those of a picture that is gone.
    package func delete(_ name: BlobName) {
        for side in Self.sides { unlink(path(of: name, side: side)) }
    }

    /// A small picture that nobody can find yet.
    package struct Proof: Sendable {
        fileprivate let path: String
        fileprivate let side: Int
        fileprivate let thumbnails: Thumbnails

        package func keep(as name: BlobName) {
            // Without it, it is made once more when someone asks.
            if rename(path, thumbnails.path(of: name, side: side)) != 0 { unlink(path) }
        }

        package func discard() { unlink(path) }
    }

    private func proof(of path: String, side: Int) async throws -> Proof {
        let small = "\(directory)/\(Hex.encode(world.random(8))).new.webp"
        try await darkroom.develop(path, into: small, side: side)
        return Proof(path: small, side: side, thumbnails: self)
    }
}
