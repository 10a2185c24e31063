//! Associations that are more than two keys: with columns and a key of their own, between rows of one table, seen as a
//! collection of objects beside the collection of targets.

#![allow(unreachable_pub)]

use super::{Outcome, engine, ints};
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::{ErrorKind, Recorder, State};

#[derive(Model, Debug)]
#[model(table = "students")]
pub struct Student {
    #[column(primary_key)]
    pub id: i64,
    #[relation(inverse = student, cascade = "all, delete-orphan")]
    pub enrolments: HasMany<Enrolment>,
    #[relation(through = Enrolment)]
    pub courses: HasMany<Course>,
    #[relation(through = Friendship, from = one_id, to = other_id)]
    pub friends: HasMany<Student>,
    #[relation(through = Friendship, from = other_id, to = one_id)]
    pub friend_of: HasMany<Student>,
}

#[derive(Model, Debug)]
#[model(table = "courses")]
pub struct Course {
    #[column(primary_key)]
    pub id: i64,
    #[relation(through = Enrolment)]
    pub students: HasMany<Student>,
}

#[derive(Model, Debug)]
#[model(table = "enrolments", unique(student_id, course_id))]
pub struct Enrolment {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Student.id)]
    pub student_id: i64,
    #[column(references = Course.id)]
    pub course_id: i64,
    #[column(default = 0)]
    pub grade: i64,
    #[relation(key = student_id)]
    pub student: BelongsTo<Student>,
    #[relation(key = course_id)]
    pub course: BelongsTo<Course>,
}

#[derive(Model, Debug)]
#[model(table = "friendships")]
pub struct Friendship {
    #[column(primary_key, references = Student.id)]
    pub one_id: i64,
    #[column(primary_key, references = Student.id)]
    pub other_id: i64,
}

/// Students 1 to 3 and courses 1 to 3; the first student is in the first course, with a grade, and likes the second.
fn school() -> rebis::Result<(Engine, Session, Recorder)> {
    let engine = engine();
    metadata![Student, Course, Enrolment, Friendship].create_all(&engine)?;
    let mut db = engine.session();
    let students = db.add_all([(); 3].map(|()| Student.new()));
    let courses = db.add_all([(); 3].map(|()| Course.new()));
    db.add(Enrolment.new().student(students[0]).course(courses[0]).grade(7));
    db.push(students[0], Student.friends, students[1]);
    db.commit()?;
    let db = engine.session();
    let log = engine.record();
    Ok((engine, db, log))
}

const GRADES: &str = "SELECT grade FROM enrolments ORDER BY student_id, course_id";

#[test]
fn both_views_of_an_association_follow_each_other() -> Outcome {
    let (engine, mut db, _) = school()?;
    let ann = db.get_one(Student, 1)?;
    let [one, two] = [db.get_one(Course, 1)?, db.get_one(Course, 2)?];
    db.load(ann, Student.courses)?;
    db.load(ann, Student.enrolments)?;
    // A pushed course is an enrolment, an enrolment that is pushed a course.
    db.push(ann, Student.courses, two);
    assert_eq!(db[ann].enrolments.len(), 2);
    let three = db.get_one(Course, 3)?;
    let new = db.push(ann, Student.enrolments, Enrolment.new().course(three).grade(3));
    assert!(db[ann].courses.contains(three));
    db.flush()?;
    // An enrolment that is removed is an orphan, and no course from the flush on.
    db.remove(ann, Student.enrolments, new);
    db.flush()?;
    assert_eq!((db[ann].courses.to_vec(), db.state(new)), (vec![one, two], State::Deleted));
    db.remove(ann, Student.courses, one);
    db.commit()?;
    assert_eq!(db[ann].enrolments.len(), 1);
    assert_eq!(ints(&engine, GRADES)?, [0]);
    Ok(())
}

#[test]
fn what_is_known_by_a_key_of_its_own_is_not_added_twice() -> Outcome {
    let (engine, mut db, log) = school()?;
    let students = db.all(select(Student).order_by(Student.id))?;
    let first = db.get_one(Course, 1)?;
    log.clear();
    for student in &students {
        db.push(student, Student.courses, first);
    }
    db.commit()?;
    let sql = log.take_sql();
    assert_eq!(
        sql.iter().filter(|sql| sql.contains("(enrolments.student_id, enrolments.course_id) IN")).count(),
        1
    );
    assert_eq!(ints(&engine, GRADES)?, [7, 0, 0]);
    Ok(())
}

#[test]
fn replacing_keeps_what_the_program_added_itself() -> Outcome {
    let (engine, mut db, _) = school()?;
    let ann = db.get_one(Student, 1)?;
    let [two, three] = [db.get_one(Course, 2)?, db.get_one(Course, 3)?];
    // Not loaded, so that the flush works it out.
    let kept = db.add(Enrolment.new().student(ann).course(two).grade(5));
    let dropped = db.add(Enrolment.new().student(ann).course(three).grade(6));
    db.replace(ann, Student.courses, [two]);
    db.commit()?;
    assert_eq!((db.state(kept), db.state(dropped)), (State::Persistent, State::Transient));
    assert_eq!(ints(&engine, GRADES)?, [5]);
    Ok(())
}

#[test]
fn a_removed_pair_may_be_added_as_another_object() -> Outcome {
    let (engine, mut db, _) = school()?;
    let (ann, one) = (db.get_one(Student, 1)?, db.get_one(Course, 1)?);
    db.load(ann, Student.courses)?;
    db.remove(ann, Student.courses, one);
    db.add(Enrolment.new().student(ann).course(one).grade(9));
    assert!(db[ann].courses.contains(one));
    db.commit()?;
    assert_eq!(ints(&engine, GRADES)?, [9]);
    Ok(())
}

#[test]
fn a_second_object_for_a_pair_is_refused_by_the_database() -> Outcome {
    let (_engine, mut db, _) = school()?;
    let (ann, one) = (db.get_one(Student, 1)?, db.get_one(Course, 1)?);
    db.add(Enrolment.new().student(ann).course(one));
    assert_eq!(db.flush().unwrap_err().kind(), ErrorKind::UniqueViolation);
    Ok(())
}

#[test]
fn friends_are_told_apart_by_their_side() -> Outcome {
    let (engine, mut db, _) = school()?;
    let [a, b, c] = db.all(select(Student).order_by(Student.id))?[..] else { panic!("three") };
    db.load_all([a, b, c], Student.friends)?;
    db.load_all([a, b, c], Student.friend_of)?;
    assert_eq!((db[a].friends.to_vec(), db[b].friend_of.to_vec()), (vec![b], vec![a]));
    db.push(b, Student.friends, a);
    db.push(c, Student.friend_of, a);
    db.push(c, Student.friends, c);
    assert_eq!((db[a].friends.to_vec(), db[a].friend_of.to_vec()), (vec![b, c], vec![b]));
    assert_eq!((db[c].friends.to_vec(), db[c].friend_of.to_vec()), (vec![c], vec![a, c]));
    db.remove(b, Student.friend_of, a);
    assert!(db[a].friends.to_vec() == [c] && db[b].friends.to_vec() == [a]);
    db.commit()?;
    let pairs = "SELECT one_id * 10 + other_id FROM friendships ORDER BY 1";
    assert_eq!(ints(&engine, pairs)?, [13, 21, 33]);
    // Known to the database alone, from either side.
    let mut db = engine.session();
    let [a, b, c] = db.all(select(Student).order_by(Student.id))?[..] else { panic!("three") };
    db.push(c, Student.friend_of, a);
    db.push(c, Student.friends, c);
    db.push(a, Student.friends, b);
    db.commit()?;
    assert_eq!(ints(&engine, pairs)?, [12, 13, 21, 33]);
    Ok(())
}
