import Primitives

extension FairSpace where Person == Holder {
    /// What answers take of the memory that were not read yet.
    static func unreadAnswers(_ limits: WebLimits) -> FairSpace {
        FairSpace(
            bytesMax: Int64(limits.answersBytesMax), bytesPerPersonMax: Int64(limits.personAnswersBytesMax),
            graceTime: .seconds(WebLimits.readerGraceSeconds), ownRefusal: .answersUnread, refusal: .answersTooMany)
    }
}

extension Failure {
    fileprivate static let answersUnread = Failure(
        .tooMany, "answers.unread",
        "You have asked for more than you have read. Read the answers that are under way first.", retryAfterSeconds: 2)
    fileprivate static let answersTooMany = Failure(
        .unavailable, "answers.too_many", "The server has too many answers under way right now. Try again in a moment.",
        retryAfterSeconds: 2)
}
