import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage
import Sync

struct ImageListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List images, the newest first.")

    @OptionGroup var options: JournalOptions

    @Option(name: .long, help: "Only those of this trade: 4 or more digits of its id, or `last`.", completion: .trades)
    var trade: String?

    @Option(name: .long, help: "Only those of this entry.", completion: .entries)
    var entry: String?

    func run() async throws {
        let (trade, entry) = (trade, entry)
        let listing = Listing(noun: "images", countMax: ImageStore.countMax)
        let (images, all) = try await options.open().read { db in
            let store = ImageStore(db)
            let images =
                if let trade {
                    try store.images(ofTrade: Lookup(db).trade(trade))
                } else if let entry {
                    try store.images(ofEntry: Lookup(db).entry(entry))
                } else {
                    try store.list()
                }
            return (try images.map { ($0, try store.owners(of: $0.id)) }, try store.count())
        }
        if options.json {
            JSON.list(images.map { ImageJSON.image($0, owners: $1) }).printed()
        } else if images.isEmpty {
            listing.empty(count: all, hint: "`daybook image add FILE --trade ID` adds one.")
        } else {
            try table(images).printed()
        }
        if trade == nil, entry == nil { listing.note(shown: images.count, of: all) }
    }

    private func table(_ images: [(Image, [ImageStore.Owner])]) throws -> Table {
        let blobs = try options.blobs()
        var table = Table([
            .init("ID"), .init("NAME", isFlexible: true), .init("TYPE", rank: 1), .init("SIZE", .right),
            .init("ON", isFlexible: true),
            .init("CAPTION", isFlexible: true),
        ])
        for (image, owners) in images {
            let isHere = BlobName(bytes: image.sha256).map { blobs.has($0) } ?? false
            let places = owners.map { owner in
                switch owner {
                case .trade(let id): "trade \(Lookup.short(id))"
                case .entry(let id): "entry \(Lookup.short(id))"
                }
            }
            table.add([
                .init(Lookup.short(image.id), .cyan), .init(image.name), .init(image.mediaType),
                .init(isHere ? Figures.bytes(image.size) : "not here yet"), .init(places.joined(separator: ", ")),
                .init(image.caption),
            ])
        }
        return table
    }
}

struct ImageGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Write an image to a file.",
        discussion: "  daybook image get last -o chart.png")

    @OptionGroup var choice: ImageChoice

    @Option(
        name: [.short, .customLong("output")],
        help: ArgumentHelp("The file, or - for a pipe. Default: the image's own name, here.", valueName: "file"))
    var output: String?

    @Flag(name: .long, help: "Write over a file that is there.")
    var force = false

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let image = try await journal.read { try ImageStore($0).require(id) }
        let bytes = try await bytes(of: image)
        if output == "-" {
            FileHandle.standardOutput.write(Data(bytes))
            return
        }
        let path = output ?? image.plainFileName
        guard force || !FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                .conflict, "file.exists", "There is a file \(path) already. Give another with -o, or --force.")
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        if options.json {
            JSON.object(["id": .id(id), "file": .text(path), "size": .count(bytes.count)]).printed()
        } else {
            print("Wrote \(path), \(Figures.bytes(Int64(bytes.count))).".onOneLine)
        }
    }

    private func bytes(of image: Image) async throws -> [UInt8] {
        let blobs = try options.blobs()
        guard let name = BlobName(bytes: image.sha256), blobs.has(name) else {
            throw Failure(
                .notFound, "image.not_here",
                "The picture of “\(image.name)” is on another device. `daybook sync` brings it.")
        }
        return try await blobs.read(name)
    }
}

extension Image {
    /// The name of a file in this directory: another device may have sent any name, also one with a path in it.
    fileprivate var plainFileName: String {
        let last = name.split(separator: "/").last.map(String.init) ?? ""
        let plain = String(last.drop { $0 == "." }).onOneLine
        return plain.isEmpty ? "image-\(Lookup.short(id))" : plain
    }
}
