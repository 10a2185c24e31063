//! Whether a server on this machine lets the tests in without a password, asked in the first words of its protocol.

use std::io::{Read, Result, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(2);

/// As `postgres`, to the database of that name.
pub(super) fn postgres(port: u16) -> bool {
    ask_postgres(port).unwrap_or(false)
}

/// As `root`, to the database `test`.
pub(super) fn mysql(port: u16) -> bool {
    ask_mysql(port).unwrap_or(false)
}

fn connect(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn ask_postgres(port: u16) -> Result<bool> {
    let mut stream = connect(port)?;
    // The length, version 3.0 of the protocol, and who one is.
    let words = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
    let length = u32::try_from(words.len() + 4).unwrap_or_default();
    stream.write_all(&[&length.to_be_bytes()[..], words].concat())?;
    // `R`, a length, and 0: nothing more is asked for.
    let mut answer = [0; 9];
    stream.read_exact(&mut answer)?;
    stream.write_all(b"X\0\0\0\x04")?;
    Ok(answer[0] == b'R' && answer[5..] == [0; 4])
}

fn ask_mysql(port: u16) -> Result<bool> {
    let mut stream = connect(port)?;
    read_packet(&mut stream)?;
    // Protocol 4.1, safe passwords, a database, and the name of a plugin.
    let flags: u32 = 0x200 | 0x8000 | 0x8 | 0x8_0000;
    let mut words = [flags.to_le_bytes(), 0x0100_0000_u32.to_le_bytes()].concat();
    words.push(45);
    words.extend([0; 23]);
    words.extend(b"root\0\0test\0mysql_native_password\0");
    write_packet(&mut stream, 1, &words)?;
    let mut answer = read_packet(&mut stream)?;
    if answer.first() == Some(&0xFE) {
        // Another plugin: no password is nothing in all of them.
        write_packet(&mut stream, 3, &[])?;
        answer = read_packet(&mut stream)?;
    }
    let is_in = answer.first() == Some(&0);
    write_packet(&mut stream, 0, &[1])?;
    Ok(is_in)
}

fn read_packet(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut head = [0; 4];
    stream.read_exact(&mut head)?;
    let [a, b, c, _] = head;
    let mut packet = vec![0; u32::from_le_bytes([a, b, c, 0]) as usize];
    stream.read_exact(&mut packet)?;
    Ok(packet)
}

fn write_packet(stream: &mut TcpStream, number: u8, words: &[u8]) -> Result<()> {
    let [a, b, c, _] = u32::try_from(words.len()).unwrap_or_default().to_le_bytes();
    stream.write_all(&[&[a, b, c, number], words].concat())
}
