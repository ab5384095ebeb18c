// JournalAPI
