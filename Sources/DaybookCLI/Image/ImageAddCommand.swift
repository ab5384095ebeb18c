import ArgumentParser
import Foundation
import Journal
import Primitives
import Storage

struct ImageAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a picture to a trade or an entry.",
        discussion: "  daybook image add chart.png --trade last --caption \"The breakout\"")

    @Argument(help: ArgumentHelp("The picture.", valueName: "file"), completion: .file())
    var file: String

    @Option(name: .long, help: "The trade it belongs to: 4 or more digits of its id, or `last`.", completion: .trades)
    var trade: String?

    @Option(name: .long, help: "The entry it belongs to.", completion: .entries)
    var entry: String?

    @Option(name: .long, help: "What it shows.")
    var caption: String = ""

    @OptionGroup var options: JournalOptions

    func validate() throws {
        if trade != nil && entry != nil { throw ValidationError("Give --trade or --entry, not both.") }
    }

    func run() async throws {
        let picture = try PictureFile(file)
        let journal = try await options.open()
        let (trade, entry) = (trade, entry)
        let owner: ImageStore.Owner? = try await journal.read { db in
            if let trade { return .trade(try Lookup(db).trade(trade)) }
            return try entry.map { .entry(try Lookup(db).entry($0)) }
        }
        let image = try await picture.stored(
            in: options.blobs(), id: .new(in: .live), caption: caption, now: World.live.now())
        try await journal.edit("add image \(image.name)") { draft, db in
            try ImageStore(db).add(image, to: owner, in: &draft)
        }
        if options.json {
            ImageJSON.image(image, owners: owner.map { [$0] } ?? []).printed()
        } else {
            print("Added image \(Lookup.short(image.id)) “\(image.name)”, \(Figures.bytes(image.size)).".onOneLine)
        }
    }
}

struct ImageReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace", abstract: "Put another picture in the place of one, wherever it hangs.")

    @OptionGroup var choice: ImageChoice

    @Argument(help: ArgumentHelp("The new picture.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var options: JournalOptions

    func run() async throws {
        let picture = try PictureFile(file)
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let image = try await picture.stored(in: options.blobs(), id: id, now: World.live.now())
        try await journal.edit("replace image \(Lookup.short(id)) by \(image.name)") { draft, db in
            try ImageStore(db).replace(id, by: image, in: &draft)
        }
        let (now, owners) = try await journal.read { db in
            (try ImageStore(db).require(id), try ImageStore(db).owners(of: id))
        }
        if options.json {
            ImageJSON.image(now, owners: owners).printed()
        } else {
            print("Image \(Lookup.short(id)) is now “\(now.name)”, \(Figures.bytes(now.size)).".onOneLine)
        }
    }
}

struct ImageDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Take an image out of the journal. `daybook undo` brings it back.")

    @OptionGroup var choice: ImageChoice
    @OptionGroup var options: JournalOptions

    func run() async throws {
        let journal = try await options.open()
        let id = try await choice.find(in: journal)
        let image = try await journal.edit("delete image \(Lookup.short(id))") { draft, db in
            try ImageStore(db).delete(id, in: &draft)
        }
        if options.json {
            JSON.object(["id": .id(id), "deleted": .flag(true)]).printed()
        } else {
            print("Deleted image \(Lookup.short(id)) “\(image.name)”. `daybook undo` brings it back.".onOneLine)
        }
    }
}
