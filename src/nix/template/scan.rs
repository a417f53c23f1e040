//! Where in Nix text one is: in code, in a string, in a comment. Read character by character, so that the branches of
//! a template can be followed one by one.
//!
//! It follows Nix's own lexer. Where that looks ahead (addresses without quotes, `''` behind a word) the text is
//! refused instead; both are easily written in another way.

/// What encloses a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Frame {
    /// `"…"`.
    String,
    /// `''…''`.
    Indented,
    /// `${…}` in a string, with so many braces open in it.
    Interpolation(u32),
    /// `# …`.
    Line,
    /// `/* … */`.
    Block,
}

/// What the last characters may yet become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tail {
    /// Nothing: whatever follows begins anew.
    Clean,
    /// A hole or an include.
    Hole,
    /// A name, a number or part of a path goes on.
    Word,
    /// A name that ends in `'`.
    WordQuote,
    /// `.` or `+` right behind a name.
    Joint,
    /// `:` right behind any of these.
    Colon,
    /// `/`.
    Slash,
    /// `$`.
    Dollar,
    /// `'`.
    Quote,
    /// `''` in an indented string.
    Quotes,
    /// `\` in a string.
    Escape,
    /// `*` in a comment.
    Star,
}

/// A place in Nix text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    open: Vec<Frame>,
    tail: Tail,
}

/// Why text cannot stand where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Snag {
    /// It is in a string.
    InString,
    /// It is in an indented string.
    InIndented,
    /// It is in a comment.
    InComment,
    /// It touches a word, a path or an operator.
    Glued,
    /// It is in braces within a string.
    InInterpolation,
    /// An address without quotes.
    Address,
    /// `''` right behind a word.
    Quotes,
    /// A carriage return.
    Return,
    /// More strings in each other than anybody writes.
    Deep,
}

/// How deep strings may stand in each other.
const DEEPEST: usize = 16;

impl Place {
    /// The start of a file.
    pub(super) fn start() -> Self {
        Self { open: Vec::new(), tail: Tail::Clean }
    }

    /// Goes on by one character of text.
    pub(super) fn read(&mut self, c: char) -> Result<(), Snag> {
        if c == '\r' {
            return Err(Snag::Return);
        }
        if self.open.len() > DEEPEST {
            return Err(Snag::Deep);
        }
        match self.open.last() {
            None | Some(Frame::Interpolation(_)) => return self.read_code(c),
            Some(Frame::String) => self.read_string(c),
            Some(Frame::Indented) => return self.read_indented(c),
            Some(Frame::Line) if c == '\n' => self.close(),
            Some(Frame::Line) => {}
            Some(Frame::Block) => match (self.tail, c) {
                (Tail::Star, '/') => self.close(),
                (_, '*') => self.tail = Tail::Star,
                _ => self.tail = Tail::Clean,
            },
        }
        Ok(())
    }

    /// Goes on by one hole, or by an included template.
    pub(super) fn hole(&mut self) -> Result<(), Snag> {
        self.settle();
        let tail = std::mem::replace(&mut self.tail, Tail::Hole);
        match self.open.last() {
            Some(Frame::String) => Err(Snag::InString),
            Some(Frame::Indented) => Err(Snag::InIndented),
            Some(Frame::Line | Frame::Block) => Err(Snag::InComment),
            None | Some(Frame::Interpolation(_)) => match tail {
                Tail::Clean | Tail::Hole | Tail::Joint | Tail::Colon => Ok(()),
                _ => Err(Snag::Glued),
            },
        }
    }

    /// Ends the file.
    pub(super) fn end(mut self) -> Result<(), Snag> {
        self.settle();
        match self.open.last() {
            None => match self.tail {
                Tail::Clean | Tail::Hole | Tail::Word | Tail::WordQuote | Tail::Joint => Ok(()),
                _ => Err(Snag::Glued),
            },
            Some(Frame::String) => Err(Snag::InString),
            Some(Frame::Indented) => Err(Snag::InIndented),
            Some(Frame::Interpolation(_)) => Err(Snag::InInterpolation),
            Some(Frame::Line | Frame::Block) => Err(Snag::InComment),
        }
    }

    /// Decides what waits for the next character, when that is none of the file's own.
    fn settle(&mut self) {
        if (self.open.last(), self.tail) == (Some(&Frame::Indented), Tail::Quotes) {
            self.close();
        }
    }

    fn push(&mut self, frame: Frame) {
        self.open.push(frame);
        self.tail = Tail::Clean;
    }

    fn close(&mut self) {
        self.open.pop();
        self.tail = Tail::Clean;
    }

    fn read_code(&mut self, c: char) -> Result<(), Snag> {
        let word = c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii();
        self.tail = match (self.tail, c) {
            (Tail::Hole, '\'' | '/' | '-') => return Err(Snag::Glued),
            (Tail::Hole, _) if word => return Err(Snag::Glued),
            (Tail::Colon, _) if word || "%/?:@&=+$,-.!~*'".contains(c) => return Err(Snag::Address),
            (Tail::WordQuote, '\'') => return Err(Snag::Quotes),
            (Tail::Slash, '*') => return self.pushed(Frame::Block),
            (Tail::Quote, '\'') => return self.pushed(Frame::Indented),
            (_, '"') => return self.pushed(Frame::String),
            (_, '#') => return self.pushed(Frame::Line),
            (_, '{' | '}') => return self.brace(c == '{'),
            (Tail::Word | Tail::Joint, '.' | '+') => Tail::Joint,
            (Tail::Word | Tail::Joint, ':') => Tail::Colon,
            (Tail::Word | Tail::WordQuote | Tail::Joint, '-') => Tail::Word,
            (Tail::Word, '\'') => Tail::WordQuote,
            (Tail::Slash, '/') => Tail::Clean,
            (Tail::Slash, '.') => Tail::Word,
            (_, '/') => Tail::Slash,
            (_, '$') => Tail::Dollar,
            (_, '\'') => Tail::Quote,
            _ if word => Tail::Word,
            _ => Tail::Clean,
        };
        Ok(())
    }

    fn pushed(&mut self, frame: Frame) -> Result<(), Snag> {
        self.push(frame);
        Ok(())
    }

    /// Counts braces within an interpolation; elsewhere they do not matter.
    fn brace(&mut self, opens: bool) -> Result<(), Snag> {
        self.tail = Tail::Clean;
        match self.open.last_mut() {
            Some(Frame::Interpolation(depth)) if opens => *depth += 1,
            Some(Frame::Interpolation(0)) => self.close(),
            Some(Frame::Interpolation(depth)) => *depth -= 1,
            _ => {}
        }
        Ok(())
    }

    fn read_string(&mut self, c: char) {
        self.tail = match (self.tail, c) {
            (Tail::Escape, _) | (Tail::Dollar, '$') => Tail::Clean,
            (Tail::Dollar, '{') => return self.push(Frame::Interpolation(0)),
            (_, '"') => return self.close(),
            (_, '\\') => Tail::Escape,
            (_, '$') => Tail::Dollar,
            _ => Tail::Clean,
        };
    }

    fn read_indented(&mut self, c: char) -> Result<(), Snag> {
        self.tail = match (self.tail, c) {
            (Tail::Quotes, '\\') => Tail::Escape,
            (Tail::Quotes, '$' | '\'') | (Tail::Escape, _) | (Tail::Dollar, '$') => Tail::Clean,
            (Tail::Quotes, _) => {
                self.close();
                return self.read_code(c);
            }
            (Tail::Dollar, '{') => return self.pushed(Frame::Interpolation(0)),
            (Tail::Quote, '\'') => Tail::Quotes,
            (_, '\'') => Tail::Quote,
            (_, '$') => Tail::Dollar,
            _ => Tail::Clean,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
