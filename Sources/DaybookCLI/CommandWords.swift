import ArgumentParser
import Foundation

/// The words of a command line, put so that the parser reads them as a person means them.
///
/// The parser takes every word that begins with a dash for an option, and knows the options that all commands share only
/// behind the command. Here a word that cannot be an option, as `-0.4`, `-04:00` or "- a point", is tied to the option
/// before it or put behind `--`, and shared options are put where the parser looks for them.
struct CommandWords {
    /// The root, then whatever is named in it.
    private var command: any ParsableCommand.Type
    private var path: [String] = []
    private var shared: [String] = []
    private var rest: ArraySlice<String>

    static func arranged(_ words: [String], for root: any ParsableCommand.Type) -> [String] {
        // Shells ask for completions in words of their own.
        guard words.first?.hasPrefix("---") == false else { return words }
        var arranged = CommandWords(command: root, rest: words[...])
        arranged.findCommand()
        return arranged.words
    }

    private init(command: any ParsableCommand.Type, rest: ArraySlice<String>) {
        self.command = command
        self.rest = rest
    }

    private mutating func findCommand() {
        while let word = rest.first {
            if let count = sharedCount {
                shared += rest.prefix(count)
                rest = rest.dropFirst(count)
            } else if let next = command.configuration.subcommands.first(where: { $0.isCalled(word) }) {
                command = next
                path.append(word)
                rest.removeFirst()
            } else {
                return
            }
        }
    }

    /// How many words a shared option takes that stands next; nil when none does.
    private var sharedCount: Int? {
        guard let word = rest.first else { return nil }
        if word == "--json" || word.hasPrefix("--journal=") { return 1 }
        return word == "--journal" && rest.count > 1 ? 2 : nil
    }

    private var words: [String] {
        let leaf = command.configuration.subcommands.isEmpty ? command : command.configuration.defaultSubcommand
        // Help is all that a command gives which does nothing by itself.
        return path + (leaf == nil ? [] : shared) + tied(to: leaf ?? command)
    }

    private func tied(to leaf: any ParsableCommand.Type) -> [String] {
        guard rest.contains(where: { Self.isValue($0) }) else { return Array(rest) }
        let options = leaf.optionNames
        var (head, tail): ([String], [String]) = ([], [])
        var rest = rest
        while let word = rest.popFirst() {
            if word == "--" {
                tail += rest
                break
            } else if options.contains(word), let value = rest.popFirst() {
                head += Self.isValue(value) ? ["\(word)=\(value)"] : [word, value]
            } else if Self.isValue(word) || !tail.isEmpty && (word == "-" || !word.hasPrefix("-")) {
                // From here on arguments keep their order behind the mark.
                tail.append(word)
            } else {
                head.append(word)
            }
        }
        return tail.isEmpty ? head : head + ["--"] + tail
    }

    /// Whether a word begins with a dash and is no option: those have a letter behind it, and no blank in their name.
    private static func isValue(_ word: String) -> Bool {
        guard word.hasPrefix("-"), word != "-", word != "--" else { return false }
        let name = word.drop { $0 == "-" }.prefix { $0 != "=" }
        return name.first?.isLetter != true || name.contains(where: \.isWhitespace)
    }
}

extension ParsableCommand {
    fileprivate static func isCalled(_ word: String) -> Bool {
        configuration.commandName == word || configuration.aliases.contains(word)
    }

    /// `--fees`, `-n`: what takes a value, as the command itself declares it.
    fileprivate static var optionNames: Set<String> {
        guard let tool = try? JSONDecoder().decode(DeclaredTool.self, from: Data(_dumpHelp().utf8)) else { return [] }
        let options = (tool.command.arguments ?? []).filter { $0.kind == "option" }
        return Set(
            options.flatMap { $0.names ?? [] }.map { $0.kind == "long" ? "--\($0.name)" : "-\($0.name)" })
    }
}

/// As much of the parser's own description of a command as is needed here.
private struct DeclaredTool: Decodable {
    struct Command: Decodable {
        let arguments: [Argument]?
    }
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        let names: [Name]?
    }
    let command: Command
}
