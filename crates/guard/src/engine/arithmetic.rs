//! Arithmetic: `$((…))`, `((…))`, subscripts. Its values matter little; what it runs on the way, much.

use brush_parser::ast::{
    ArithmeticExpr, ArithmeticTarget, BinaryOperator, UnaryAssignmentOperator, UnaryOperator,
};

use super::machine::Machine;
use super::pieces::Reading;
use super::state::State;
use crate::word::{Span, Value};

/// Longer expressions are not evaluated, only looked through for what they run.
const LONGEST: usize = 200;

impl Machine<'_> {
    /// The value of an expression: a number, or some number.
    pub(super) fn arithmetic(&mut self, state: &mut State, expression: &str, span: &Span) -> Value {
        let unknown = Value::Pattern("*".into());
        if !self.step() {
            return unknown;
        }
        // Substitutions run first, and then names stand for values.
        let (text, _) = self.whole(state, expression, Reading::Quoted, span);
        let Some(text) = text.only() else { return unknown };
        let text = text.replace('"', "");
        if let Ok(number) = text.trim().parse::<i64>() {
            return Value::known(number.to_string());
        }
        let deep = text.bytes().filter(|byte| *byte == b'(').count() > 6;
        if text.len() > LONGEST || deep {
            return unknown;
        }
        let Ok(tree) = brush_parser::arithmetic::parse(text.trim()) else { return unknown };
        match self.evaluate(state, &tree, span, 0) {
            Some(number) => Value::known(number.to_string()),
            None => unknown,
        }
    }

    fn evaluate(
        &mut self,
        state: &mut State,
        tree: &ArithmeticExpr,
        span: &Span,
        depth: usize,
    ) -> Option<i64> {
        if depth > 32 || !self.step() {
            return None;
        }
        let depth = depth + 1;
        match tree {
            ArithmeticExpr::Literal(number) => Some(*number),
            ArithmeticExpr::Reference(target) => self.referred(state, target, span, depth),
            ArithmeticExpr::UnaryOp(operator, inner) => {
                let value = self.evaluate(state, inner, span, depth)?;
                Some(match operator {
                    UnaryOperator::UnaryPlus => value,
                    UnaryOperator::UnaryMinus => value.wrapping_neg(),
                    UnaryOperator::BitwiseNot => !value,
                    UnaryOperator::LogicalNot => i64::from(value == 0),
                })
            }
            ArithmeticExpr::BinaryOp(operator, left, right) => {
                let left = self.evaluate(state, left, span, depth);
                let right = self.evaluate(state, right, span, depth);
                calculated(*operator, left?, right?)
            }
            ArithmeticExpr::Conditional(condition, one, two) => {
                let condition = self.evaluate(state, condition, span, depth);
                let one = self.evaluate(state, one, span, depth);
                let two = self.evaluate(state, two, span, depth);
                if condition? == 0 { two } else { one }
            }
            ArithmeticExpr::Assignment(target, value) => {
                let value = self.evaluate(state, value, span, depth);
                self.assign_number(state, target, value, span, depth);
                value
            }
            ArithmeticExpr::BinaryAssignment(operator, target, value) => {
                let old = self.referred(state, target, span, depth);
                let value = self.evaluate(state, value, span, depth);
                let value = old.zip(value).and_then(|(old, value)| calculated(*operator, old, value));
                self.assign_number(state, target, value, span, depth);
                value
            }
            ArithmeticExpr::UnaryAssignment(operator, target) => {
                let old = self.referred(state, target, span, depth)?;
                let (new, value) = match operator {
                    UnaryAssignmentOperator::PrefixIncrement => (old.wrapping_add(1), old.wrapping_add(1)),
                    UnaryAssignmentOperator::PrefixDecrement => (old.wrapping_sub(1), old.wrapping_sub(1)),
                    UnaryAssignmentOperator::PostfixIncrement => (old.wrapping_add(1), old),
                    UnaryAssignmentOperator::PostfixDecrement => (old.wrapping_sub(1), old),
                };
                self.assign_number(state, target, Some(new), span, depth);
                Some(value)
            }
        }
    }

    fn referred(
        &mut self,
        state: &mut State,
        target: &ArithmeticTarget,
        span: &Span,
        depth: usize,
    ) -> Option<i64> {
        let value = match target {
            ArithmeticTarget::Variable(name) => match state.scalar(name) {
                None => return Some(0),
                Some(value) => value.clone(),
            },
            ArithmeticTarget::ArrayElement(_, index) => {
                self.evaluate(state, index, span, depth);
                return None;
            }
        };
        let text = value.only()?.trim().to_owned();
        if text.is_empty() {
            return Some(0);
        }
        match text.parse() {
            Ok(number) => Some(number),
            // The text of a variable is an expression again, and what it has in its subscripts is run.
            Err(_) if depth < 4 => {
                self.arithmetic(state, &text, span).only().and_then(|text| text.parse().ok())
            }
            Err(_) => None,
        }
    }

    fn assign_number(
        &mut self,
        state: &mut State,
        target: &ArithmeticTarget,
        value: Option<i64>,
        span: &Span,
        depth: usize,
    ) {
        let value =
            value.map_or_else(|| Value::Pattern("*".into()), |number| Value::known(number.to_string()));
        match target {
            ArithmeticTarget::Variable(name) => state.set(name, value),
            ArithmeticTarget::ArrayElement(name, index) => {
                let index = self.evaluate(state, index, span, depth).unwrap_or(0);
                state.set_element(name, &index.to_string(), value);
            }
        }
    }
}

fn calculated(operator: BinaryOperator, left: i64, right: i64) -> Option<i64> {
    let shift = || u32::try_from(right).ok();
    Some(match operator {
        BinaryOperator::Power => left.checked_pow(shift()?)?,
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide => left.checked_div(right)?,
        BinaryOperator::Modulo => left.checked_rem(right)?,
        BinaryOperator::Comma => right,
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::ShiftLeft => left.checked_shl(shift()?)?,
        BinaryOperator::ShiftRight => left.checked_shr(shift()?)?,
        BinaryOperator::LessThan => i64::from(left < right),
        BinaryOperator::LessThanOrEqualTo => i64::from(left <= right),
        BinaryOperator::GreaterThan => i64::from(left > right),
        BinaryOperator::GreaterThanOrEqualTo => i64::from(left >= right),
        BinaryOperator::Equals => i64::from(left == right),
        BinaryOperator::NotEquals => i64::from(left != right),
        BinaryOperator::BitwiseAnd => left & right,
        BinaryOperator::BitwiseXor => left ^ right,
        BinaryOperator::BitwiseOr => left | right,
        BinaryOperator::LogicalAnd => i64::from(left != 0 && right != 0),
        BinaryOperator::LogicalOr => i64::from(left != 0 || right != 0),
    })
}
