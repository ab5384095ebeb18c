import CXML

/// What a text in XML or HTML is made of, in its order.
package enum MarkupEvent: Hashable, Sendable {
    /// An element begins. Names are without a prefix; in HTML they are in lower case.
    case open(name: String, attributes: [MarkupAttribute])
    /// All the text up to the next element's beginning or end, with entities in place of their names.
    case text([UInt8])
    /// An element ends. In HTML, where ends may be left out, it is told where that is.
    case close(name: String)
}

package struct MarkupAttribute: Hashable, Sendable {
    package let name: String
    package let value: String
}

/// Takes XML or HTML apart, piece by piece, in bounded memory.
///
/// The text is UTF-8, whatever it says of itself; what is no character becomes U+FFFD. Nothing is looked up outside the
/// text, and XML with a document type is not read on: it may declare entities that blow up. HTML is read as browsers read
/// it, without comments, scripts and styles.
///
/// What comes out depends on the bytes alone, not on the pieces in which they were fed.
package final class MarkupReader {
    package enum Form: Sendable { case xml, html }

    /// How many elements may stand within each other.
    package static let depthMax = 256
    /// Names and values of one element's attributes, in bytes.
    package static let attributeBytesMax = 64 * 1024
    /// One text, in bytes.
    package static let textBytesMax = 256 * 1024
    /// How many bytes wait for the end of a tag.
    package static let waitingBytesMax = 1024 * 1024
    /// How much is read at once, in bytes, and with it how many events are held.
    package static let pieceBytes = 16 * 1024
    package static let eventsMax = 64 * 1024

    /// Why the text cannot be read on: a sentence. Events that came before are handed out all the same.
    package private(set) var problem: String?
    /// The line on which the last event that was handed out ends, from 1.
    package private(set) var line = 1
    /// Whether the last event that was handed out came before the end of the text: what HTML leaves open is closed
    /// behind it.
    package private(set) var isBeforeEnd = true

    /// How many bytes `next(from:)` has fetched.
    package private(set) var bytesFetched: Int64 = 0

    private let form: Form
    private var context: xmlParserCtxtPtr?
    private var pieces: MarkupPieces
    private var parsedBytes = 0
    private var isParsed = false

    private var events: [Held] = []
    private var nextEvent = 0
    private var text: [UInt8] = []
    private var textLine = 1
    /// The elements that are open.
    private var names: [String] = []

    private struct Held {
        let event: MarkupEvent
        let line: Int
        let isBeforeEnd: Bool
    }

    /// - Parameter pieceBytes: how much is read at once, at least.
    package init(_ form: Form, pieceBytes: Int = MarkupReader.pieceBytes) {
        self.form = form
        pieces = MarkupPieces(form, size: pieceBytes)
        _ = Self.library
        var handlers = MarkupCallbacks.handlers(form)
        let user = Unmanaged.passUnretained(self).toOpaque()
        switch form {
        case .xml:
            context = xmlCreatePushParserCtxt(&handlers, user, nil, 0, nil)
            // Without NOENT an ampersand in an attribute would stay a reference. Entities of a text's own are never known.
            let options = [
                XML_PARSE_NONET, XML_PARSE_NOERROR, XML_PARSE_NOWARNING, XML_PARSE_IGNORE_ENC, XML_PARSE_NOENT,
            ]
            xmlCtxtUseOptions(context, options.reduce(0) { $0 | Int32(bitPattern: $1.rawValue) })
        case .html:
            context = htmlCreatePushParserCtxt(&handlers, user, nil, 0, nil, XML_CHAR_ENCODING_UTF8)
            let options = [
                HTML_PARSE_NONET, HTML_PARSE_NOERROR, HTML_PARSE_NOWARNING, HTML_PARSE_IGNORE_ENC, HTML_PARSE_RECOVER,
            ]
            htmlCtxtUseOptions(context, options.reduce(0) { $0 | Int32(bitPattern: $1.rawValue) })
        }
        if context == nil { problem = "There is no memory to read it." }
    }

    deinit { xmlFreeParserCtxt(context) }

    /// The library sets itself up once, before anybody uses it on two threads.
    private static let library: Void = xmlInitParser()

    /// Takes the next bytes, however many there are.
    package func feed(_ bytes: [UInt8]) {
        if problem == nil { pieces.feed(bytes) }
    }

    /// Says that there are no more bytes.
    package func finish() { pieces.finish() }

    /// The next event; nil where it takes more bytes, and at the end.
    package func next() -> MarkupEvent? {
        while nextEvent >= events.count {
            events.removeAll(keepingCapacity: true)
            nextEvent = 0
            guard !isParsed, problem == nil, parsePiece() else { return nil }
        }
        let held = events[nextEvent]
        nextEvent += 1
        line = held.line
        isBeforeEnd = held.isBeforeEnd
        return held.event
    }

    /// The next event, for which bytes are fetched as far as it takes; nil at the end, and where there is a problem.
    package func next(from nextChunk: () throws -> [UInt8]?) rethrows -> MarkupEvent? {
        while true {
            if let event = next() { return event }
            if isParsed || problem != nil { return nil }
            guard let chunk = try nextChunk() else {
                finish()
                continue
            }
            bytesFetched += Int64(chunk.count)
            feed(chunk)
        }
    }

    // MARK: Pieces

    /// False where it takes more bytes.
    private func parsePiece() -> Bool {
        if let piece = pieces.next() {
            let mark = parsedBytes == 0 && piece.starts(with: Self.mark) ? Self.mark.count : 0
            parse(Self.characters(piece[mark...]), isLast: false)
            return true
        }
        if pieces.waitingCount > Self.waitingBytesMax { stopAtLongTag() }
        guard pieces.isFinished, problem == nil else { return false }
        // What HTML leaves open is closed now.
        parse([], isLast: true)
        if let first = names.first { close(first) }
        if let part = pieces.unclosed { stop("Its last \(part) has no end: perhaps the file is cut off.") }
        return true
    }

    private func parse(_ piece: [UInt8], isLast: Bool) {
        isParsed = isLast
        parsedBytes += piece.count
        piece.withUnsafeBytes { buffer in
            let bytes = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let count = Int32(clamping: buffer.count)
            switch form {
            case .xml: _ = xmlParseChunk(context, bytes, count, isLast ? 1 : 0)
            case .html: _ = htmlParseChunk(context, bytes, count, isLast ? 1 : 0)
            }
        }
        if isLast { flushText() }
        guard problem == nil, let context else { return }
        if form == .xml, context.pointee.wellFormed == 0 {
            let line = xmlCtxtGetLastError(context).map { Int($0.pointee.line) } ?? currentLine
            stop("From line \(line) on it is no well-formed XML: perhaps the file is damaged or cut off.")
        } else if parsedBytes - xmlByteConsumed(context) > Self.waitingBytesMax {
            stopAtLongTag()
        }
    }

    private func stopAtLongTag() { stop("In line \(currentLine) no tag ends within 1 MiB.") }

    /// Of the encoding, which would be a letter of HTML.
    private static let mark = Array("\u{feff}".utf8)

    /// With U+FFFD for what is no UTF-8 and for the control signs that XML bans.
    private static func characters(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var text = Array(String(decoding: bytes, as: UTF8.self).utf8)
        let isControl = { (byte: UInt8) in byte < 0x20 && byte != 0x09 && byte != 0x0a && byte != 0x0d }
        if text.contains(where: isControl) {
            text = text.flatMap { isControl($0) ? Array("\u{fffd}".utf8) : [$0] }
        }
        return text
    }

    private var currentLine: Int { (context?.pointee.input).map { Int($0.pointee.line) } ?? 1 }

    private func stop(_ reason: String) {
        guard problem == nil else { return }
        problem = reason
        pieces = MarkupPieces(form, size: 1)
        xmlStopParser(context)
    }

    // MARK: What the library calls

    func open(_ name: String, _ attributes: [MarkupAttribute]) {
        guard problem == nil else { return }
        guard names.count < Self.depthMax else {
            return stop("Line \(currentLine) has more than \(Self.depthMax) elements within each other.")
        }
        names.append(name)
        add(.open(name: name, attributes: attributes))
    }

    /// Of HTML that is cut off within a tag, the library never ends what that tag began.
    func close(_ name: String) {
        guard problem == nil, names.contains(name) else { return }
        while let last = names.popLast() {
            add(.close(name: last))
            if last == name { return }
        }
    }

    func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard problem == nil else { return }
        textLine = currentLine
        guard text.count + bytes.count <= Self.textBytesMax else {
            return stop("A text in line \(textLine) is longer than 256 KiB.")
        }
        text.append(contentsOf: bytes)
    }

    func refuseAttributes() { stop("An element in line \(currentLine) has more than 64 KiB of attributes.") }

    func refuseDocumentType() { stop("Line \(currentLine) declares a document type, and XML with one is not read.") }

    private func add(_ event: MarkupEvent) {
        flushText()
        hold(event, currentLine)
    }

    private func flushText() {
        guard !text.isEmpty else { return }
        hold(.text(text), textLine)
        text.removeAll(keepingCapacity: true)
    }

    private func hold(_ event: MarkupEvent, _ line: Int) {
        guard events.count < Self.eventsMax else { return stop("Line \(line) has too many elements.") }
        events.append(Held(event: event, line: line, isBeforeEnd: !isParsed))
    }
}
